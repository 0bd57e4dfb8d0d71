// SPDX-License-Identifier: Apache-2.0

import OAuth

extension ErrorCatalogue {
  /// Failures between this program and an issuer.
  static func entry(_ code: OAuthError.Code) -> Entry {
    switch code {
    case .issuerInvalid: OAuthEntries.issuerInvalid
    case .endpointInvalid: OAuthEntries.endpointInvalid
    case .discoveryNotFound: OAuthEntries.discoveryNotFound
    case .discoveryIsHTML: OAuthEntries.discoveryIsHTML
    case .discoveryInvalid: OAuthEntries.discoveryInvalid
    case .discoveryIssuerMismatch: OAuthEntries.discoveryIssuerMismatch
    case .endpointMissing: OAuthEntries.endpointMissing
    case .keysInvalid: OAuthEntries.keysInvalid
    case .answerTooLarge: OAuthEntries.answerTooLarge
    case .redirected: OAuthEntries.redirected
    case .unreachable: OAuthEntries.unreachable
    case .tls: OAuthEntries.tls
    case .noAnswer: OAuthEntries.noAnswer
    case .unavailable: OAuthEntries.unavailable
    case .refused: OAuthEntries.refused
    case .garbled: OAuthEntries.garbled
    case .requestInvalid: OAuthEntries.requestInvalid
    case .issuerMixUp: OAuthEntries.issuerMixUp
    case .redirectInvalid: OAuthEntries.redirectInvalid
    case .tokenRejected: OAuthEntries.tokenRejected
    case .clocksDiffer: OAuthEntries.clocksDiffer
    case .idTokenMissing: OAuthEntries.idTokenMissing
    case .deviceCodeExpired: OAuthEntries.deviceCodeExpired
    }
  }
}

private enum OAuthEntries {
  static let issuerInvalid = ErrorCatalogue.Entry(
    "oauth.issuer-invalid",
    meaning: "the issuer URL is not one that can be an issuer",
    cause: "http, a query, a fragment, a user name or an odd character in it",
    remedy: "give the https URL exactly as the discovery document has it"
  )
  static let endpointInvalid = ErrorCatalogue.Entry(
    "oauth.endpoint-invalid",
    meaning: "the issuer announces an address that is refused",
    cause: "an endpoint that is not https, or that browsers and programs read differently",
    remedy: "have the issuer's administrator repair the discovery document"
  )
  static let discoveryNotFound = ErrorCatalogue.Entry(
    "oauth.discovery-not-found",
    meaning: "the issuer has no discovery document (404, 410)",
    cause: "a wrong path, or a slash too many or too few at its end",
    remedy: "check the issuer URL; often a path such as /realms/NAME is missing"
  )
  static let discoveryIsHTML = ErrorCatalogue.Entry(
    "oauth.discovery-is-html",
    meaning: "a web page stands where the discovery document should be",
    cause: "the address of a login page or portal was given, or a proxy answers with its own page",
    remedy: "check the issuer URL, and open it in a browser to see the page"
  )
  static let discoveryInvalid = ErrorCatalogue.Entry(
    "oauth.discovery-invalid",
    meaning: "the discovery document cannot be used",
    cause: "it is not JSON, or lacks or garbles a required member",
    remedy: "check the issuer URL; if it is right, its administrator must repair the document"
  )
  static let discoveryIssuerMismatch = ErrorCatalogue.Entry(
    "oauth.discovery-issuer-mismatch",
    meaning: "the discovery document is that of another issuer",
    cause: "another spelling of the URL: slash, port, case, or an alias of the host",
    remedy: "give the issuer exactly as the document names it, if that is the one you mean"
  )
  static let endpointMissing = ErrorCatalogue.Entry(
    "oauth.endpoint-missing",
    meaning: "the issuer does not offer what was asked for",
    cause: "a grant, such as the device flow, is not enabled",
    remedy: "use another way to log in, or have it enabled"
  )
  static let keysInvalid = ErrorCatalogue.Entry(
    "oauth.keys-invalid",
    meaning: "the issuer's signing keys cannot be used",
    cause: "jwks_uri answers with something else than a JWK set, or with one that is too large",
    remedy: "its administrator must repair what jwks_uri answers"
  )
  static let answerTooLarge = ErrorCatalogue.Entry(
    "oauth.answer-too-large",
    meaning: "an answer is larger than allowed",
    cause: "the URL is that of something else, or the answer is hostile",
    remedy: "check that the issuer URL is right"
  )
  static let redirected = ErrorCatalogue.Entry(
    "oauth.redirected",
    meaning: "the issuer answers with a redirect, which is never followed",
    cause: "the issuer has moved, or a proxy wants a login",
    remedy: "give the address that it redirects to, if its discovery document names that one"
  )
  static let unreachable = ErrorCatalogue.Entry(
    "oauth.unreachable",
    meaning: "the issuer cannot be reached; nothing was sent",
    cause: "no network, no VPN, DNS, a proxy, or the issuer is down",
    remedy: "check network, proxy settings and issuer URL; the session is kept"
  )
  static let tls = ErrorCatalogue.Entry(
    "oauth.tls",
    meaning: "there is no trusted TLS connection to the issuer",
    cause: "a private CA, an expired certificate, or one for another host",
    remedy: "name a private CA with --certificate-authority; the message says which certificate"
  )
  static let noAnswer = ErrorCatalogue.Entry(
    "oauth.no-answer",
    meaning: "the request was sent, and no answer came",
    cause: "the connection broke, or the issuer is overloaded",
    remedy: "try again in a moment; what became of a refresh token is followed up"
  )
  static let unavailable = ErrorCatalogue.Entry(
    "oauth.unavailable",
    meaning: "the issuer says that it cannot answer now (408, 429, 5xx)",
    cause: "it is overloaded or in maintenance",
    remedy: "try again in a moment"
  )
  static let refused = ErrorCatalogue.Entry(
    "oauth.refused",
    meaning: "the issuer says no",
    cause: "a wrong client id, secret, scope or redirect URI, or the person may not log in",
    remedy: "check the client at the issuer; its own words are in the message"
  )
  static let garbled = ErrorCatalogue.Entry(
    "oauth.garbled",
    meaning: "an answer makes no sense",
    cause: "a proxy answers in the issuer's place, or the issuer is broken",
    remedy: "check the issuer URL, and whether a proxy answers in its place"
  )
  static let requestInvalid = ErrorCatalogue.Entry(
    "oauth.request-invalid",
    meaning: "a request cannot be built from the options",
    cause: "a scope with a space, a parameter twice, or one that must not be set",
    remedy: "correct the option that the message names"
  )
  static let issuerMixUp = ErrorCatalogue.Entry(
    "oauth.issuer-mix-up",
    meaning: "the login's answer came from another issuer (RFC 9207)",
    cause: "a mix-up attack, or an issuer that is configured wrongly",
    remedy: "log in again, and tell the administrator if it happens again"
  )
  static let redirectInvalid = ErrorCatalogue.Entry(
    "oauth.redirect-invalid",
    meaning: "the login's answer is incomplete, or not this login's",
    cause: "a parameter twice, no code, or an old address was pasted",
    remedy: "log in again; paste the address that the browser shows after the login"
  )
  static let tokenRejected = ErrorCatalogue.Entry(
    "oauth.token-rejected",
    meaning: "a token breaks a rule, so it is not used",
    cause: "another client or issuer, a wrong signature, another person than before",
    remedy: "check issuer URL and client id, and tell the administrator"
  )
  static let clocksDiffer = ErrorCatalogue.Entry(
    "oauth.clocks-differ",
    meaning: "an ID token is expired or not yet valid, and nothing else is wrong",
    cause: "the clock of this machine or of the issuer is wrong",
    remedy: "set the clock; the message says by how much it differs"
  )
  static let idTokenMissing = ErrorCatalogue.Entry(
    "oauth.id-token-missing",
    meaning: "the issuer gave tokens, but no ID token",
    cause: "the scope openid is missing, or not allowed for the client",
    remedy: "allow openid for the client, or use --token access"
  )
  static let deviceCodeExpired = ErrorCatalogue.Entry(
    "oauth.device-code-expired",
    meaning: "the device code expired before the login was done",
    cause: "nobody opened the address and typed the code in time",
    remedy: "log in again"
  )
}
