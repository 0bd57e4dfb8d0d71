// SPDX-License-Identifier: Apache-2.0

import ReadyCredential

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Standard output: the result of a command and nothing else.
enum StandardOutput {
  /// Writes a credential; throws a failure if that is not possible.
  static func writeCredential(_ bytes: [UInt8]) throws(Failure) {
    try write(bytes, "the credential")
  }

  /// Writes everything; throws a failure, which calls it `what`, if that is not possible.
  static func write(_ bytes: [UInt8], _ what: String) throws(Failure) {
    guard !Output.write(bytes[...]) else { return }
    throw Failure(
      exitCode: ExitCodes.failed,
      "\(what) could not be written to stdout",
      remedy: Output.reason(errno)
    )
  }
}
