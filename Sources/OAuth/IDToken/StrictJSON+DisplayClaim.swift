// SPDX-License-Identifier: Apache-2.0

extension StrictJSON {
  /// A claim that people are shown; one of another type, with control characters or endless is as
  /// good as absent.
  func displayClaim(_ name: String) -> String? {
    guard let text = self[name]?.string, text.utf8.count <= Limits.displayClaim,
      !Text.hasControls(text)
    else { return nil }
    return text
  }
}
