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

@Suite struct PipeTests {
  init() {
    SignalPolicy.ignorePipe()
  }

  @Test(arguments: [0, 1, 511, 512, 513, 65536, 200_000])
  func allBytesArrive(_ count: Int) async throws {
    let pipe = try Pipe.make()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    async let received = Pipe.readAll(pipe.readEnd, limit: count, deadline: 60)
    try await Pipe.writeAll(pipe.writeEnd, bytes, deadline: 60)
    Pipe.close(pipe.writeEnd)
    #expect(try await received == bytes)
    Pipe.close(pipe.readEnd)
  }

  @Test func bothEndsAreCloseOnExec() throws {
    let pipe = try Pipe.make()
    for end in [pipe.readEnd, pipe.writeEnd] {
      #expect(fcntl(end, F_GETFD) & FD_CLOEXEC != 0)
      Pipe.close(end)
    }
  }

  @Test func tooMuchIsRefused() async throws {
    let pipe = try Pipe.make()
    try await Pipe.writeAll(pipe.writeEnd, [1, 2, 3], deadline: 60)
    await #expect {
      try await Pipe.readAll(pipe.readEnd, limit: 2, deadline: 60)
    } throws: { ($0 as? HostError)?.code == .tooLarge }
    Pipe.close(pipe.writeEnd)
    Pipe.close(pipe.readEnd)
  }

  @Test func aWriterThatNeverEndsIsNotWaitedForForever() async throws {
    let pipe = try Pipe.make()
    try await Pipe.writeAll(pipe.writeEnd, [1], deadline: 60)
    await #expect {
      try await Pipe.readAll(pipe.readEnd, limit: 100, deadline: 0.05)
    } throws: { ($0 as? HostError)?.code == .timedOut }
    Pipe.close(pipe.writeEnd)
    Pipe.close(pipe.readEnd)
  }

  @Test func aReaderThatNeverReadsIsNotWaitedForForever() async throws {
    let pipe = try Pipe.make()
    await #expect {
      try await Pipe.writeAll(
        pipe.writeEnd,
        [UInt8](repeating: 0, count: 4 << 20),
        deadline: 0.2
      )
    } throws: { ($0 as? HostError)?.code == .timedOut }
    Pipe.close(pipe.writeEnd)
    Pipe.close(pipe.readEnd)
  }

  @Test func aReaderThatIsGoneIsAnErrorNotADeath() async throws {
    let pipe = try Pipe.make()
    Pipe.close(pipe.readEnd)
    await #expect {
      try await Pipe.writeAll(pipe.writeEnd, [1], deadline: 60)
    } throws: { ($0 as? HostError)?.systemError == EPIPE }
    Pipe.close(pipe.writeEnd)
  }

  @Test func cancellingEndsAWait() async throws {
    let pipe = try Pipe.make()
    let task = Task { try await Pipe.readAll(pipe.readEnd, limit: 1, deadline: 3600) }
    task.cancel()
    await #expect {
      try await task.value
    } throws: { ($0 as? HostError)?.code == .cancelled }
    Pipe.close(pipe.writeEnd)
    Pipe.close(pipe.readEnd)
  }

  @Test func aClosedDescriptorIsAnError() async throws {
    await #expect(throws: HostError.self) {
      try await Pipe.readAll(-1, limit: 1, deadline: 0.05)
    }
  }
}
