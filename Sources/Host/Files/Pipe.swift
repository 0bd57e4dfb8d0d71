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

/// A pipe between two processes; both ends are close-on-exec.
package struct Pipe: Sendable {
  /// The end to read from.
  package let readEnd: Int32
  /// The end to write to.
  package let writeEnd: Int32

  /// A new pipe.
  ///
  /// The caller closes both ends. Throws `.system` where there are no descriptors left.
  package static func make() throws(HostError) -> Pipe {
    var ends: [Int32] = [-1, -1]
    guard unsafe platform_pipe(&ends) == 0 else { throw .system("cannot make a pipe") }
    return Pipe(readEnd: ends[0], writeEnd: ends[1])
  }

  /// Closes a descriptor; a second close of the same number is the caller's fault.
  package static func close(_ descriptor: Int32) {
    systemClose(descriptor)
  }

  /// Reads until every writer has closed.
  ///
  /// The descriptor stays open.
  ///
  /// - Parameters:
  ///   - descriptor: The end to read from.
  ///   - limit: The most bytes that may come.
  ///   - seconds: How long that may take in all, in seconds.
  /// - Returns: What was sent.
  /// - Throws: `.tooLarge`, `.timedOut`, `.cancelled`, `.system`.
  package static func readAll(
    _ descriptor: Int32,
    limit: Int,
    deadline seconds: Double
  ) async throws(HostError) -> [UInt8] {
    let outcome = await offThread(seconds) { patience in
      collect(descriptor, limit: limit, patience)
    }
    return try outcome.get()
  }

  /// Reads until every writer has closed, or until nothing more lies there once `isOver` says that nobody else counts.
  ///
  /// - Parameters:
  ///   - descriptor: The end to read from; it stays open.
  ///   - limit: The most bytes that are kept.
  ///   - dropping: What comes after them is read and dropped; else they are the end of it.
  ///   - seconds: How long that may take in all, in seconds.
  ///   - isOver: Asked at least every 100 ms.
  /// - Returns: What was kept, and whether anything was dropped.
  /// - Throws: `.timedOut`, `.cancelled`, `.system`.
  static func drain(
    _ descriptor: Int32,
    limit: Int,
    dropping: Bool,
    deadline seconds: Double,
    isOver: @escaping @Sendable () -> Bool
  ) async throws(HostError) -> Drained {
    let outcome = await offThread(seconds) { patience in
      drained(descriptor, limit: limit, dropping: dropping, patience, isOver)
    }
    return try outcome.get()
  }

  /// What was read of a pipe that nobody may fill.
  struct Drained: Sendable {
    var bytes: [UInt8] = []
    var isCut = false
  }

  /// Writes everything.
  ///
  /// The descriptor stays open. SIGPIPE must be ignored (``SignalPolicy/ignorePipe()``).
  ///
  /// - Parameters:
  ///   - descriptor: The end to write to.
  ///   - bytes: What to write.
  ///   - seconds: How long the reader may leave it full, in seconds.
  /// - Throws: `.timedOut`, `.cancelled`, `.system` (`EPIPE` if nobody reads any more).
  package static func writeAll(
    _ descriptor: Int32,
    _ bytes: [UInt8],
    deadline seconds: Double
  ) async throws(HostError) {
    let outcome = await offThread(seconds) { patience in
      deliver(descriptor, bytes, patience)
    }
    try outcome.get()
  }
}

/// How long a wait may last, and whether anybody still waits for it.
private final class Patience: Sendable {
  private let end: ContinuousClock.Instant
  private let isCancelled = Atomic(false)

  init(seconds: Double) {
    end = ContinuousClock.now + .seconds(seconds)
  }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Waits until `descriptor` is ready for `events`; nil if it is, else why waiting ended.
  ///
  /// `isOver` ends it with `.cancelled` once nothing is there.
  func wait(
    _ descriptor: Int32,
    _ events: Int32,
    isOver: () -> Bool = { false }
  ) -> HostError? {
    while true {
      let over = isOver()
      if isCancelled.load(ordering: .relaxed) {
        return HostError(.cancelled, "waiting for the other process was cancelled")
      }
      let rest = ContinuousClock.now.duration(to: end) / Duration.milliseconds(1)
      guard rest > 0 else {
        return HostError(.timedOut, "the other process did not answer in time")
      }
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      // A slice, because a thread inside poll cannot hear of a cancellation.
      let ready = unsafe poll(&entry, 1, over ? 0 : Int32(min(rest.rounded(.up), 100)))
      if ready > 0 { return nil }
      if ready == 0, over { return HostError(.cancelled, "nobody is left to wait for") }
      if ready < 0, errno != EINTR { return .system("cannot wait for the other process") }
    }
  }
}

/// Runs blocking work on a thread that is not one of Swift's few.
private func offThread<Value: Sendable>(
  _ seconds: Double,
  _ work: @escaping @Sendable (Patience) -> Result<Value, HostError>
) async -> Result<Value, HostError> {
  let patience = Patience(seconds: seconds)
  return await withTaskCancellationHandler {
    await withCheckedContinuation { continuation in
      // A queue of its own always gets a thread; the global one may have as few as there are cores, and there
      // a reader could keep its own writer waiting.
      DispatchQueue(label: "pipe").async { continuation.resume(returning: work(patience)) }
    }
  } onCancel: {
    patience.cancel()
  }
}

private func collect(
  _ descriptor: Int32,
  limit: Int,
  _ patience: Patience
) -> Result<[UInt8], HostError> {
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    if let reason = patience.wait(descriptor, Int32(POLLIN)) { return .failure(reason) }
    let count = Files.readSome(descriptor, into: &chunk)
    guard count >= 0 else {
      if errno == EAGAIN { continue }
      return .failure(.system("cannot read from the other process"))
    }
    guard count > 0 else { return .success(content) }
    content += chunk[..<count]
    guard content.count <= limit else {
      return .failure(HostError(.tooLarge, "the other process sent more than \(limit) bytes"))
    }
  }
}

private func drained(
  _ descriptor: Int32,
  limit: Int,
  dropping: Bool,
  _ patience: Patience,
  _ isOver: () -> Bool
) -> Result<Pipe.Drained, HostError> {
  var content = Pipe.Drained()
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    if let reason = patience.wait(descriptor, Int32(POLLIN), isOver: isOver) {
      return isOver() ? .success(content) : .failure(reason)
    }
    let count = Files.readSome(descriptor, into: &chunk)
    guard count >= 0 else {
      if errno == EAGAIN { continue }
      return .failure(.system("cannot read from the other process"))
    }
    guard count > 0 else { return .success(content) }
    let room = limit - content.bytes.count
    content.bytes += chunk[..<min(count, room)]
    if count > room { content.isCut = true }
    // Whoever goes on writing when nobody counts any more could do so for ever.
    if content.isCut, !dropping || isOver() { return .success(content) }
  }
}

private func deliver(
  _ descriptor: Int32,
  _ bytes: [UInt8],
  _ patience: Patience
) -> Result<Void, HostError> {
  var sent = 0
  while sent < bytes.count {
    if let reason = patience.wait(descriptor, Int32(POLLOUT)) { return .failure(reason) }
    // 512 is POSIX's least PIPE_BUF: that much never blocks once poll says that there is room.
    let count = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress?.advanced(by: sent), min(512, bytes.count - sent))
    }
    if count > 0 {
      sent += count
    } else if errno != EINTR, errno != EAGAIN {
      return .failure(.system("cannot write to the other process"))
    }
  }
  return .success(())
}

/// `close(2)`, named so that methods called `close` do not hide it.
private func systemClose(_ descriptor: Int32) {
  close(descriptor)
}
