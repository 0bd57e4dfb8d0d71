// SPDX-License-Identifier: Apache-2.0

import OAuth

/// What a person pastes in place of a redirect; an input is the text.
struct PasteTarget: Sendable {
  static let shared = Result { try PasteTarget() }

  let pasted: PastedRedirect
  /// What a message about a pasted text may be longer than, at most.
  static let longestMessage = 400

  init() throws {
    let issuer = try Issuer("https://issuer.test/realms/one")
    let document = """
      {"issuer":"\(issuer.text)","authorization_endpoint":"\(issuer.text)/auth",
       "token_endpoint":"\(issuer.text)/token","jwks_uri":"\(issuer.text)/keys"}
      """
    // The state is then RedirectTarget's.
    let state = Base64URL.decode(RedirectTarget.state.utf8) ?? []
    let request = try AuthorizationRequest(
      metadata: try ProviderMetadata(parsing: Array(document.utf8), issuer: issuer),
      parameters: AuthorizationRequest.Parameters(
        clientID: "kube",
        redirectURI: "http://127.0.0.1:8000/callback",
        scopes: ["openid"]
      ),
      randomness: AuthorizationRequest.Randomness(
        state: state,
        nonce: [UInt8](repeating: 1, count: 32),
        verifier: [UInt8](repeating: 2, count: 32)
      )
    )
    pasted = PastedRedirect(request: request, issuer: issuer, issRequired: false)
  }

  func run(_ input: [UInt8]) throws(Breach) -> Bool {
    let text = String(decoding: input, as: UTF8.self)
    let outcome: RedirectOutcome
    do throws(OAuthError) {
      outcome = try pasted.outcome(of: text)
    } catch {
      try Breach.unlessShown(error)
      try Breach.unless(error.what.utf8.count < Self.longestMessage, "a message repeats the paste")
      return false
    }
    return try RedirectTarget.check(outcome)
  }
}
