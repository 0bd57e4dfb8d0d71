// SPDX-License-Identifier: Apache-2.0
import Host
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One at a time, because a process asks at one terminal at a time.
@Suite(.serialized) struct TerminalLineTests {
  /// Asks, types once the question is there, and returns what was answered.
  private func answer(
    to pseudo: PseudoTerminal,
    _ keys: String,
    echo: LineEditor.Echo,
    limit: Int = 16384
  ) async throws -> String? {
    let terminal = pseudo.terminal
    let task = Task {
      try await TerminalLine.read("code: ", from: terminal, echo: echo, limit: limit)
    }
    #expect(try await eventually { pseudo.shown().hasSuffix("code: ") })
    #expect(!pseudo.isAsBefore)
    pseudo.type(keys)
    let result = await task.result
    #expect(pseudo.isAsBefore)
    return try result.get()
  }

  @Test func aVisibleLineIsShown() async throws {
    let pseudo = try PseudoTerminal()
    #expect(try await answer(to: pseudo, "abd\u{7f}c\n", echo: .visible) == "abc")
    #expect(pseudo.shown() == "code: abd\u{8} \u{8}c\r\n")
  }

  @Test func aLineWithoutAQuestionEndsToo() async throws {
    let pseudo = try PseudoTerminal()
    let terminal = pseudo.terminal
    let task = Task { try await TerminalLine.read("", from: terminal, echo: .visible) }
    #expect(try await eventually { !pseudo.isAsBefore })
    pseudo.type("abc\n")
    #expect(try await task.value == "abc")
    #expect(pseudo.shown() == "abc\r\n")
  }

  @Test func aHiddenLineIsNot() async throws {
    let pseudo = try PseudoTerminal()
    #expect(try await answer(to: pseudo, "hunter2\n", echo: .hidden) == "hunter2")
    #expect(pseudo.shown() == "code: \r\n")
  }

  @Test func aLineLongerThanTheSystemsEditorHoldsArrives() async throws {
    let pseudo = try PseudoTerminal()
    let long = String(repeating: "x", count: 10_000)
    #expect(try await answer(to: pseudo, long + "\n", echo: .hidden) == long)
  }

  @Test func whatIsTooLongIsRefused() async throws {
    let pseudo = try PseudoTerminal()
    await #expect {
      try await answer(to: pseudo, "12345\n", echo: .hidden, limit: 4)
    } throws: { ($0 as? HostError)?.code == .tooLarge }
  }

  @Test func theEndOfInputIsNoLine() async throws {
    let pseudo = try PseudoTerminal()
    #expect(try await answer(to: pseudo, "\u{4}", echo: .visible) == nil)
  }

  @Test func aQuestionCanBeWithdrawn() async throws {
    let pseudo = try PseudoTerminal()
    let terminal = pseudo.terminal
    let task = Task { try await TerminalLine.read("code: ", from: terminal, echo: .hidden) }
    #expect(try await eventually { !pseudo.isAsBefore })
    task.cancel()
    await #expect {
      try await task.value
    } throws: { ($0 as? HostError)?.code == .cancelled }
    #expect(pseudo.isAsBefore)
  }

  @Test func aSignalRestoresTheTerminalBeforeItDoesWhatItDoes() async throws {
    // In place of the program's end, which the test would share.
    let before = signal(SIGHUP) { _ in }
    defer { _ = signal(SIGHUP, before) }
    let pseudo = try PseudoTerminal()
    let terminal = pseudo.terminal
    let task = Task { try await TerminalLine.read("code: ", from: terminal, echo: .hidden) }
    #expect(try await eventually { !pseudo.isAsBefore })
    kill(getpid(), SIGHUP)
    #expect(try await eventually { pseudo.isAsBefore })
    task.cancel()
    await #expect(throws: HostError.self) { try await task.value }
  }

  @Test func twoQuestionsAtATimeAreRefused() async throws {
    let (first, second) = (try PseudoTerminal(), try PseudoTerminal())
    let (busy, free) = (first.terminal, second.terminal)
    let task = Task { try await TerminalLine.read("code: ", from: busy, echo: .hidden) }
    #expect(try await eventually { !first.isAsBefore })
    await #expect(throws: HostError.self) {
      try await TerminalLine.read("other: ", from: free, echo: .hidden)
    }
    #expect(second.isAsBefore)
    first.type("a\n")
    #expect(try await task.value == "a")
    #expect(first.isAsBefore)
  }

  @Test func enterIsWaitedForThroughOtherKeys() async throws {
    let pseudo = try PseudoTerminal()
    let terminal = pseudo.terminal
    let task = Task { try await TerminalLine.enter(on: terminal) }
    #expect(try await eventually { !pseudo.isAsBefore })
    pseudo.type("xyz \u{1b}[A\n")
    #expect(try await task.value)
    #expect(pseudo.shown() == "")
    #expect(pseudo.isAsBefore)
  }

  @Test func whatIsNoTerminalIsRefused() async throws {
    let pipe = try Pipe.make()
    await #expect {
      try await TerminalLine.read("code: ", from: pipe.readEnd, echo: .hidden)
    } throws: { ($0 as? HostError)?.code == .system }
    Pipe.close(pipe.readEnd)
    Pipe.close(pipe.writeEnd)
  }
}
