// SPDX-License-Identifier: Apache-2.0

/// How the browser's part of a login ended.
package enum RedirectOutcome: Sendable {
  /// The authorization code.
  case code(Secret)
  /// The issuer's refusal (RFC 6749 section 4.1.2.1); texts are bounded and stripped of control
  /// characters.
  case refused(error: String, description: String?)
  /// An answer with the right state that breaks another rule.
  case fault(OAuthError)
}

/// The rules for a login's answer, whichever way it came.
struct RedirectAnswer: Sendable {
  /// The state of the authorization request.
  let state: Secret
  /// What a present `iss` must equal (RFC 9207 section 2.4); nil if that is not known.
  let issuer: Issuer?
  /// The issuer's metadata promises `iss`.
  let issRequired: Bool

  /// True if one of the states is this login's, compared in constant time.
  func isOurs(_ pairs: [(name: String, value: String)]) -> Bool {
    pairs.filter { $0.name == "state" }.contains { Secret($0.value) == state }
  }

  /// What an answer with this login's state says.
  func outcome(_ pairs: [(name: String, value: String)]) -> RedirectOutcome {
    var values: [String: String] = [:]
    // RFC 6749 section 3.1: which of two values counts would be anybody's choice.
    for (name, value) in pairs where values.updateValue(value, forKey: name) != nil {
      return .fault(Self.invalid("it has the parameter \"\(Text.line(name, limit: 40))\" twice"))
    }
    if let fault = mixUp(values) { return .fault(fault) }
    if let error = values["error"] {
      return .refused(
        error: Text.line(error, limit: 100),
        description: values["error_description"].map { Text.line($0, limit: Limits.description) }
      )
    }
    guard let code = values["code"], Self.isCode(code) else {
      return .fault(Self.invalid("it has no code"))
    }
    return .code(Secret(code))
  }

  /// RFC 6749 appendix A.11: visible ASCII characters and spaces.
  static func isCode(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }

  /// RFC 9207 section 2.4, which holds for refusals too: they come from another issuer as easily.
  private func mixUp(_ values: [String: String]) -> OAuthError? {
    guard let issuer else { return nil }
    let what: String
    if let found = values["iss"] {
      guard !Text.sameBytes(found, issuer.text) else { return nil }
      what = "the login answer comes from another issuer, \"\(Text.line(found))\""
    } else {
      guard issRequired else { return nil }
      let said = values["error"].map { ", and says \"\(Text.line($0, limit: 100))\"" } ?? ""
      what = "the login answer does not name its issuer, as \(issuer.host) promises\(said)"
    }
    return OAuthError(
      .issuerMixUp,
      what: what,
      remedy: "log in again, and tell the issuer's administrator if it happens again"
    )
  }

  private static func invalid(_ reason: String) -> OAuthError {
    OAuthError(
      .redirectInvalid,
      what: "the issuer's login answer is refused: \(reason)",
      remedy: "log in again, and tell the issuer's administrator if it happens again"
    )
  }
}
