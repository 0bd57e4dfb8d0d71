// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The reading end of a pipe that never blocks, and what has come out of it so far.
final class PipeReader {
  let writeEnd: Int32
  private var readEnd: Int32
  private var bytes: [UInt8] = []

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw LabError(.process, "cannot make a pipe (errno \(errno))")
    }
    readEnd = ends[0]
    writeEnd = ends[1]
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
  }

  deinit { closeReadEnd() }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func closeWriteEnd() { close(writeEnd) }

  func closeReadEnd() {
    if readEnd >= 0 { close(readEnd) }
    readEnd = -1
  }

  /// Takes what is there without waiting.
  func drain() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while readEnd >= 0 {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(readEnd, $0.baseAddress, $0.count)
      }
      guard count > 0 else { return }
      bytes += buffer[..<count]
    }
  }
}
