// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Ties a form to the browser that it was shown to, so that no other site can post it (double
/// submit with a MAC).
struct FormGuard: Sendable {
  static let cookieName = "lanyard_lab_browser"
  private let key = SymmetricKey(size: .bits256)

  /// A new browser's cookie value.
  func newBrowser() -> String { Randomness.token() }

  /// The hidden field of a form for this browser.
  func field(browser: String, purpose: String) -> String {
    Randomness.base64URL(code(browser: browser, purpose: purpose))
  }

  /// Whether the field came from a form that was shown to this browser; constant time.
  func accepts(_ field: String?, browser: String?, purpose: String) -> Bool {
    guard let field, let browser, !browser.isEmpty else { return false }
    let expected = self.field(browser: browser, purpose: purpose)
    let given = HMAC<SHA256>.authenticationCode(for: Data(field.utf8), using: key)
    return HMAC<SHA256>.isValidAuthenticationCode(
      given,
      authenticating: Data(expected.utf8),
      using: key
    )
  }

  private func code(browser: String, purpose: String) -> HMAC<SHA256>.MAC {
    HMAC<SHA256>.authenticationCode(for: Data("\(purpose)\n\(browser)".utf8), using: key)
  }
}
