// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Standard output: the result of a command and nothing else.
enum StandardOutput {
  /// Writes a credential; throws a failure if whoever wanted it has gone.
  static func writeCredential(_ bytes: [UInt8]) throws(Failure) {
    guard write(bytes) else {
      throw Failure(
        exitCode: ExitCodes.failed,
        "the credential could not be written to stdout",
        remedy: "whoever ran lanyard has gone"
      )
    }
  }

  /// Writes everything; false if the reader has gone.
  @discardableResult
  static func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { buffer in
        #if canImport(Glibc)
        unsafe Glibc.write(1, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
        unsafe Musl.write(1, buffer.baseAddress, buffer.count)
        #else
        unsafe Darwin.write(1, buffer.baseAddress, buffer.count)
        #endif
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      rest = rest.dropFirst(written)
    }
    return true
  }
}
