// SPDX-License-Identifier: Apache-2.0

/// A line as it is typed or pasted, key by key, in a terminal that shows nothing by itself.
///
/// The terminal's own editor would do, but it drops what comes after 4095 bytes, and a redirect can be longer.
package struct LineEditor: Sendable {
  /// What the person gets to see of the line.
  package enum Echo: Sendable {
    /// The line.
    case visible
    /// Nothing.
    case hidden
  }

  /// What a key did.
  package enum Event: Sendable, Equatable {
    /// The line goes on.
    case goesOn
    /// The line is complete.
    case done
    /// There will be no line: the end of input was typed where it would begin.
    case end
    /// The line has more bytes than are allowed.
    case tooLong
  }

  /// The line so far, in UTF-8.
  package private(set) var bytes: [UInt8] = []
  private let echo: Echo
  private let limit: Int
  private var escape = Escape.none

  /// How far a sequence has come that a key such as an arrow sends (ECMA-48 §5.4).
  private enum Escape {
    case none, began, control, single
  }

  /// An empty line of at most so many bytes.
  package init(echo: Echo, limit: Int) {
    self.echo = echo
    self.limit = limit
  }

  /// Takes one byte, and says what it did and what the terminal should show.
  package mutating func take(_ byte: UInt8) -> (event: Event, shown: [UInt8]) {
    if skips(byte) { return (.goesOn, []) }
    switch byte {
    case 0x0a, 0x0d: return (.done, [])
    case 0x04: return (bytes.isEmpty ? .end : .goesOn, [])
    case 0x08, 0x7f: return (.goesOn, erase())
    case 0x15:
      var shown: [UInt8] = []
      while !bytes.isEmpty { shown += erase() }
      return (.goesOn, shown)
    case 0x1b:
      escape = .began
      return (.goesOn, [])
    case 0x00...0x1f: return (.goesOn, [])
    default:
      guard bytes.count < limit else { return (.tooLong, []) }
      bytes.append(byte)
      return (.goesOn, echo == .visible ? Self.visible(byte) : [])
    }
  }

  /// Whether a byte belongs to a sequence of a key that means nothing here.
  private mutating func skips(_ byte: UInt8) -> Bool {
    switch escape {
    case .none: return false
    case .began:
      escape = byte == UInt8(ascii: "[") ? .control : byte == UInt8(ascii: "O") ? .single : .none
      // A line's end ends whatever came before it.
      return byte >= 0x20
    case .control:
      if byte < 0x20 || (0x40...0x7e).contains(byte) { escape = .none }
      return byte >= 0x20
    case .single:
      escape = .none
      return byte >= 0x20
    }
  }

  /// Takes the last character away.
  private mutating func erase() -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    while let last = bytes.popLast(), last & 0xc0 == 0x80 {}
    return echo == .visible ? Array("\u{8} \u{8}".utf8) : []
  }

  /// What stands for a byte: itself if it is ASCII, one mark for any other character, which a terminal might obey.
  private static func visible(_ byte: UInt8) -> [UInt8] {
    if byte < 0x80 { return [byte] }
    return byte & 0xc0 == 0x80 ? [] : [UInt8(ascii: "?")]
  }
}
