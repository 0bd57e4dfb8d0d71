// SPDX-License-Identifier: Apache-2.0

import Hummingbird

extension IdentityProvider {
  /// `/logout` (OpenID Connect RP-Initiated Logout 1.0 §2): ends the logins of the person and the
  /// client that the ID token hint names, and redirects if that was asked for.
  ///
  /// Without a hint there is only the page on which a person would be asked, for a client that is known.
  func endSession(_ exchange: Exchange) async -> Response {
    let fields = exchange.fields
    guard let hint = fields["id_token_hint"].flatMap(CompactToken.init),
      let claims = try? await hint.claims(verifiedByOneOf: keys.published),
      claims["iss"]?.string == issuer, let client = claims["azp"]?.string,
      let subject = claims["sub"]?.string,
      fields["client_id"] == nil || fields["client_id"] == client
    else {
      return withoutHint(exchange)
    }
    let ended = await state.endFamilies(because: "logged out by the client") { family in
      family.client == client && family.user.subject == subject
    }
    record(.logout, exchange) { event in
      event.client = client
      event.sub = subject
    }
    for family in ended { recordEnd(exchange, family) }
    guard let target = fields["post_logout_redirect_uri"],
      let known = self.client(named: client),
      known.allows(redirectURI: target)
    else { return .page(Page.message("You are logged out", "You can close this page.")) }
    let state: RedirectParameters = fields["state"].map { [(name: "state", value: $0)] } ?? []
    return .found(Self.url(target, exchange.plan.edited(state)))
  }

  private func withoutHint(_ exchange: Exchange) -> Response {
    let fields = exchange.fields
    guard fields["id_token_hint"] == nil, let known = fields["client_id"].flatMap(client(named:))
    else {
      record(.denied, exchange) { $0.reason = "no ID token hint of this issuer" }
      return .page(
        Page.message("Nobody was logged out", "This request does not say whose login ends."),
        status: .badRequest
      )
    }
    record(.logout, exchange) { event in
      event.client = known.id
      event.user = fields["logout_hint"]
      event.reason = "the person is asked"
    }
    return .page(
      Page.message("Log out?", "An issuer with sessions of its own asks here. The lab keeps none.")
    )
  }

  private func client(named id: String) -> LabClient? { options.clients.first { $0.id == id } }
}
