// SPDX-License-Identifier: Apache-2.0

/// Logout in the browser (OpenID Connect RP-Initiated Logout 1.0 section 2).
package enum EndSession {
  /// What the browser opens to end the person's session at the issuer; the issuer asks them first.
  ///
  /// There is no `id_token_hint`, though the specification recommends it: the URL becomes an
  /// argument of the browser's process, which every process of the machine can read, and stays in
  /// its history; the API server would take that token from anybody. There is no redirect back
  /// either, because issuers allow one only with the token or after asking, and nobody listens for
  /// it.
  ///
  /// `logoutHint` is who logs out: a user name, an email address or the `sid` of an ID token. Throws
  /// ``OAuthError/Code/endpointMissing``, and ``OAuthError/Code/requestInvalid`` for a hint that is
  /// too long, has control characters, or is itself a token.
  package static func url(
    metadata: ProviderMetadata,
    clientID: String,
    logoutHint: String? = nil
  ) throws(OAuthError) -> String {
    let endpoint = try metadata.require(metadata.endSessionEndpoint, for: "logouts in the browser")
    var pairs = [("client_id", clientID)]
    if let logoutHint {
      guard logoutHint.utf8.count <= Limits.subject, !Text.hasControls(logoutHint),
        !logoutHint.hasPrefix("eyJ")
      else {
        throw OAuthError(
          .requestInvalid,
          what: "the logout cannot name who logs out: the name is too long or no name",
          remedy: "log out in the browser by hand"
        )
      }
      pairs.append(("logout_hint", logoutHint))
    }
    let present = (FormEncoding.decode((endpoint.address.query ?? "").utf8) ?? []).map(\.name)
    pairs.removeAll { present.contains($0.0) }
    return pairs.isEmpty ? endpoint.text : AuthorizationRequest.url(endpoint, pairs)
  }
}
