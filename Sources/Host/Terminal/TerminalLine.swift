// SPDX-License-Identifier: Apache-2.0
import CPlatform
import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Lines that a person types at a terminal.
///
/// Standard input is not asked: it belongs to kubectl, which may be reading a manifest from it.
package enum TerminalLine {
  /// Asks for one line.
  ///
  /// The terminal is as before when this returns or throws, and when HUP, INT, QUIT or TERM end the program. What was
  /// typed before the question is dropped.
  ///
  /// - Parameters:
  ///   - prompt: What to ask, shown as it is but for control characters; empty for nothing.
  ///   - terminal: The terminal, open for reading and writing (``Terminal/openTTY()``).
  ///   - echo: Whether the line is shown as it is typed.
  ///   - limit: The most bytes of a line.
  /// - Returns: The line without its end; nil if the person ended the input or the terminal is gone.
  /// - Throws: `.cancelled` when the task is cancelled, `.tooLarge` beyond `limit`, `.system` if the terminal cannot be
  ///   used, which it cannot from the background or twice at a time.
  package static func read(
    _ prompt: String,
    from terminal: Int32,
    echo: LineEditor.Echo,
    limit: Int = 16384
  ) async throws(HostError) -> String? {
    let bytes = try await ask(prompt, terminal, LineEditor(echo: echo, limit: limit))
    return bytes.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Waits until Enter is pressed; other keys are dropped.
  ///
  /// - Parameter terminal: The terminal, open for reading and writing.
  /// - Returns: Whether Enter was pressed; false if the person ended the input or the terminal is gone.
  /// - Throws: As ``read(_:from:echo:limit:)`` does.
  package static func enter(on terminal: Int32) async throws(HostError) -> Bool {
    while true {
      do throws(HostError) {
        return try await ask("", terminal, LineEditor(echo: .hidden, limit: 4096)) != nil
      } catch {
        // A cat on the keyboard has not pressed Enter yet.
        guard error.code == .tooLarge else { throw error }
      }
    }
  }

  private static func ask(
    _ prompt: String,
    _ terminal: Int32,
    _ editor: LineEditor
  ) async throws(HostError) -> [UInt8]? {
    let call = Call()
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A thread that may wait; Swift's own are few.
        DispatchQueue(label: "terminal").async {
          continuation.resume(returning: call.run(prompt, terminal, editor))
        }
      }
    } onCancel: {
      call.cancel()
    }
    return try outcome.get()
  }
}

/// One question, on a thread of its own.
private final class Call: Sendable {
  private let isCancelled = Atomic(false)

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  func run(
    _ prompt: String,
    _ terminal: Int32,
    _ editor: LineEditor
  ) -> Result<[UInt8]?, HostError> {
    let foreground = tcgetpgrp(terminal)
    guard foreground < 0 || foreground == getpgrp() else {
      return .failure(HostError(.system, "this program is in the background of its terminal"))
    }
    guard platform_quiet_terminal(terminal) == 0 else {
      return .failure(.system("the terminal cannot be asked"))
    }
    defer { platform_restore_terminal() }
    writeFully(terminal, Array(Terminal.escape(prompt).utf8))
    var hasShown = !prompt.isEmpty
    let outcome = collect(terminal, editor, &hasShown)
    // The Enter that ended the line was not shown.
    if hasShown { writeFully(terminal, [UInt8(ascii: "\n")]) }
    return outcome
  }

  private func collect(
    _ terminal: Int32,
    _ start: LineEditor,
    _ hasShown: inout Bool
  ) -> Result<[UInt8]?, HostError> {
    var editor = start
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      if isCancelled.load(ordering: .relaxed) {
        return .failure(HostError(.cancelled, "the question was withdrawn"))
      }
      var entry = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      // A slice, because a thread inside poll cannot hear of a cancellation.
      let ready = unsafe poll(&entry, 1, 100)
      if ready == 0 || (ready < 0 && errno == EINTR) { continue }
      let count = Files.readSome(terminal, into: &chunk)
      // A terminal that is gone gives its end, or EIO.
      guard count > 0 else { return .success(nil) }
      for byte in chunk[..<count] {
        let (event, shown) = editor.take(byte)
        if !shown.isEmpty {
          writeFully(terminal, shown)
          hasShown = true
        }
        switch event {
        case .goesOn: continue
        case .done: return .success(editor.bytes)
        case .end: return .success(nil)
        case .tooLong:
          return .failure(HostError(.tooLarge, "the line is longer than was asked for"))
        }
      }
    }
  }
}
