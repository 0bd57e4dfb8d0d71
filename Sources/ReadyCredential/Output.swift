// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Printing a credential.
package enum Output {
  /// Writes all of `bytes` to a descriptor, which stays open; false if it is closed or its reader is gone.
  ///
  /// From here on SIGPIPE is ignored in this process, so that a reader that went away is an answer, not a death.
  package static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32 = 1) -> Bool {
    _ = signal(SIGPIPE, SIG_IGN)
    return writeAll(bytes, to: descriptor, at: nil)
  }

  /// What is behind an error number of writing, in one line.
  package static func reason(_ number: Int32) -> String {
    guard number != EPIPE else { return "whoever ran lanyard has gone" }
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    var bytes = unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    // As our messages begin; without the tables that lower-casing a string would bring into the small program.
    if let first = bytes.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) {
      bytes[0] = first | 0x20
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Writes all of `bytes`, at `offset` or at the current position; false with `errno` set on an error.
func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, at offset: Int?) -> Bool {
  unsafe bytes.withUnsafeBytes { buffer in
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let rest = buffer.count - done
      let wrote =
        if let offset {
          unsafe pwrite(descriptor, base + done, rest, off_t(offset + done))
        } else {
          unsafe write(descriptor, base + done, rest)
        }
      if wrote < 0, errno == EINTR { continue }
      guard wrote > 0 else { return false }
      done += wrote
    }
    return true
  }
}
