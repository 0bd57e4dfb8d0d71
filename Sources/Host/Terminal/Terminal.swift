// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The terminal, if there is one, and what may be shown on it.
package enum Terminal {
  /// Whether a descriptor is a terminal's.
  package static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1
  }

  /// The controlling terminal, opened for reading and writing; nil if there is none.
  ///
  /// The caller closes it.
  package static func openTTY() -> Int32? {
    let descriptor = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    return descriptor >= 0 ? descriptor : nil
  }

  /// The width of a terminal in columns; nil if the descriptor is no terminal's, or its size is not known.
  package static func width(_ descriptor: Int32) -> Int? {
    size(descriptor)?.columns
  }

  /// The size of a terminal in characters; nil if the descriptor is no terminal's, or its size is not known.
  package static func size(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
    else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// A string from outside, fit to be shown: everything that a terminal obeys instead of showing is spelt out.
  ///
  /// C0, DEL, C1, line ends, bidirectional and other invisible formatting characters, and what Unicode has
  /// not assigned,
  /// become `\u{…}` with lower-case hexadecimal digits. (CVE-2021-42574 is what bidirectional controls can do.)
  package static func escape(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isObeyed) else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      if isObeyed(scalar) {
        shown += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      return true
    default:
      return false
    }
  }
}

/// Standard error: everything for people.
package enum StandardError {
  /// Writes a line; a failure to do so cannot be told to anybody.
  ///
  /// - Parameter line: The line without its end. What comes from outside was put through
  ///   ``Terminal/escape(_:)`` by the caller.
  package static func write(_ line: String) {
    writeFully(2, Array((line + "\n").utf8))
  }
}

/// Writes all bytes to a descriptor, as far as it takes them.
func writeFully(_ descriptor: Int32, _ bytes: [UInt8]) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      rest = rest.dropFirst(count)
    } else if errno == EAGAIN {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      unsafe _ = poll(&entry, 1, 1000)
    } else if errno != EINTR {
      return
    }
  }
}
