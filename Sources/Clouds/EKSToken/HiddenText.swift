// SPDX-License-Identifier: Apache-2.0

/// Text that must never be shown, for a module that links no Foundation and so cannot have `OAuth.Secret`.
package struct HiddenText: Sendable, Hashable {
  private let text: String

  /// Wraps text as it is.
  package init(_ text: String) {
    self.text = text
  }

  /// The text itself, for the one place that signs with it or sends it.
  package func expose() -> String {
    text
  }
}

extension HiddenText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// A placeholder, whatever the text is.
  package var description: String { "‹secret›" }

  /// The same placeholder.
  package var debugDescription: String { description }

  /// A mirror without children, so that `dump` shows nothing either.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
