// SPDX-License-Identifier: Apache-2.0

/// The `claims` that Entra ID sends with a refusal, for the next login to ask for (Microsoft identity platform, "Claims
/// challenges, claims requests and client capabilities"; the value is a claims request of OIDC Core 5.5).
package enum ClaimsChallenge {
  /// The parameter of the authorization request that takes it (OIDC Core 5.5).
  package static let parameter = "claims"

  /// Far above the challenges that are seen, some 100 bytes.
  private static let limit = 2048

  /// The challenge of an answer that refuses; nil if there is none, or it is no JSON object of at most 2048 bytes.
  package static func read(_ answer: HTTPAnswer) -> String? {
    guard (400..<500).contains(answer.status), answer.body.count <= Limits.tokenAnswer,
      let json = try? StrictJSON(parsing: answer.body), json["error"]?.string != nil,
      let text = json["claims"]?.string, text.utf8.count <= limit, !Text.hasControls(text),
      let claims = try? StrictJSON(parsing: text.utf8), claims.members != nil
    else { return nil }
    return text
  }
}
