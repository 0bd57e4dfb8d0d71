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

/// A terminal with a test in the person's place.
final class PseudoTerminal {
  /// The program's side.
  let terminal: Int32
  private let keyboard: Int32
  private var screen: [UInt8] = []

  init() throws {
    var ends: (Int32, Int32) = (-1, -1)
    try #require(unsafe openpty(&ends.0, &ends.1, nil, nil, nil) == 0)
    (keyboard, terminal) = ends
    _ = fcntl(keyboard, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(terminal)
    close(keyboard)
  }

  func type(_ keys: String) {
    var rest = Array(keys.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe write(keyboard, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else { usleep(1000) }
    }
  }

  /// Everything that was shown so far.
  func shown() -> String {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe read(keyboard, $0.baseAddress, $0.count)
      }
      guard count > 0 else { return String(decoding: screen, as: UTF8.self) }
      screen += chunk[..<count]
    }
  }

  /// Whether the terminal shows what is typed, and gives out lines: its state before anybody changed it.
  var isAsBefore: Bool {
    var state = termios()
    unsafe _ = tcgetattr(terminal, &state)
    let flags = tcflag_t(ECHO | ICANON)
    return state.c_lflag & flags == flags
  }
}
