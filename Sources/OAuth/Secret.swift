// SPDX-License-Identifier: Apache-2.0

/// Text that must never be shown: a token, a client secret, a state, a verifier.
///
/// Printing, interpolating, dumping and reflecting it gives a placeholder; the text comes out of
/// ``expose()`` only, so that every place where it leaves this type can be found by searching for
/// one word. It is not `Codable`.
package struct Secret: Sendable, Equatable {
  private let text: String

  /// Wraps text as it is; nothing is trimmed or checked.
  package init(_ text: String) {
    self.text = text
  }

  /// The text itself, for the one place that sends, stores or compares it.
  package func expose() -> String {
    text
  }

  /// True when there is no text at all.
  package var isEmpty: Bool { text.isEmpty }

  /// Compares byte for byte, in time that depends on the lengths only.
  package static func == (left: Secret, right: Secret) -> Bool {
    ConstantTime.equal(Array(left.text.utf8), Array(right.text.utf8))
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// A placeholder, whatever the text is.
  package var description: String { "‹secret›" }

  /// The same placeholder.
  package var debugDescription: String { description }

  /// A mirror without children, so that `dump` shows nothing either.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Comparison without an early exit.
enum ConstantTime {
  /// Looks at every byte whether or not an earlier one differed; only the lengths can be told from
  /// the time it takes.
  static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(left, right) { difference |= a ^ b }
    return difference == 0
  }
}
