// SPDX-License-Identifier: Apache-2.0

extension AuthorizationRequest {
  /// How the issuer sends its answer (OAuth 2.0 Multiple Response Type Encoding Practices, Form Post
  /// Response Mode).
  package enum ResponseMode: String, Sendable, Codable, CaseIterable {
    /// In the query of the redirect; the default of the code flow, so it is not sent.
    case query
    /// In the body of a POST, which keeps the code out of the browser's history.
    case formPost = "form_post"
  }

  /// What to ask for.
  package struct Parameters: Sendable {
    package var clientID: String
    /// ``RedirectURI/text``, or another registered one if the answer will be pasted.
    package var redirectURI: String
    /// In the order to be sent; openid is put first if it is missing.
    package var scopes: [String]
    package var responseMode = ResponseMode.query
    /// `audience`, as Auth0 and Dex-like issuers want it.
    package var audience: String?
    /// `resource` (RFC 8707), any number of absolute URIs.
    package var resources: [String]
    /// `prompt` values (OIDC Core 3.1.2.1), such as consent or select_account.
    package var prompts: [String] = []
    /// `login_hint`: whom the issuer should ask for.
    package var loginHint: String?
    /// `acr_values`, the most wanted first.
    package var acrValues: [String] = []
    /// `dpop_jkt` (RFC 9449 section 10): the thumbprint of the key that the code is bound to.
    package var dpopThumbprint: String?
    /// Further parameters, such as `access_type` or `kc_idp_hint`.
    ///
    /// A name that the request has already, and one of ``reserved``, is refused.
    package var extra: [(String, String)]

    package init(
      clientID: String,
      redirectURI: String,
      scopes: [String],
      audience: String? = nil,
      resources: [String] = [],
      extra: [(String, String)] = []
    ) {
      self.clientID = clientID
      self.redirectURI = redirectURI
      self.scopes = scopes
      self.audience = audience
      self.resources = resources
      self.extra = extra
    }
  }

  /// Names that no extra parameter may have: what the login's safety rests on, what has a place of
  /// its own above, and what would put a secret or a token into a URL.
  package static let reserved: Set<String> = [
    "response_type", "response_mode", "client_id", "redirect_uri", "scope", "state", "nonce",
    "code_challenge", "code_challenge_method", "code_verifier", "resource", "request",
    "request_uri", "dpop_jkt", "client_secret", "client_assertion", "client_assertion_type",
    "id_token_hint", "access_token", "refresh_token", "username", "password",
  ]

  /// The request's parameters in their order.
  ///
  /// RFC 6749 section 3.1: no parameter more than once, and the endpoint's own query counts too;
  /// `resource` alone may be repeated.
  static func pairs(
    _ parameters: Parameters,
    state: String,
    nonce: String,
    challenge: String,
    query: String?
  ) throws(OAuthError) -> [(String, String)] {
    var pairs = [
      ("response_type", "code"),
      ("client_id", parameters.clientID),
      ("redirect_uri", parameters.redirectURI),
      ("scope", try Scopes.joined(parameters.scopes)),
      ("state", state),
      ("nonce", nonce),
      ("code_challenge", challenge),
      ("code_challenge_method", "S256"),
    ]
    pairs += try optionals(parameters)
    for (name, value) in parameters.extra { pairs.append(try checked(name, value)) }
    try refuseRepetitions(pairs, query)
    for resource in parameters.resources { pairs.append(("resource", try checked(resource))) }
    return pairs
  }

  private static func optionals(
    _ parameters: Parameters
  ) throws(OAuthError) -> [(String, String)] {
    var pairs: [(String, String)] = []
    if parameters.responseMode != .query {
      pairs.append(("response_mode", parameters.responseMode.rawValue))
    }
    if let audience = parameters.audience { pairs.append(("audience", audience)) }
    if !parameters.prompts.isEmpty {
      guard !parameters.prompts.contains("none") || parameters.prompts.count == 1 else {
        throw Scopes.invalid("the prompt none goes with no other (OIDC Core 3.1.2.1)")
      }
      pairs.append(("prompt", try words(parameters.prompts, "prompt")))
    }
    if let hint = parameters.loginHint { pairs.append(try checked("login_hint", hint)) }
    if !parameters.acrValues.isEmpty {
      pairs.append(("acr_values", try words(parameters.acrValues, "acr value")))
    }
    if let thumbprint = parameters.dpopThumbprint { pairs.append(("dpop_jkt", thumbprint)) }
    return pairs
  }

  private static func words(
    _ words: [String],
    _ kind: String
  ) throws(OAuthError) -> String {
    for word in words {
      guard !word.isEmpty, word.utf8.count <= Limits.url, Text.isVisibleASCII(word) else {
        throw Scopes.invalid("\"\(Text.line(word, limit: 40))\" is not a \(kind)")
      }
    }
    return words.joined(separator: " ")
  }

  /// Names as RFC 6749 appendix A.8 has them; values of bounded length without control characters.
  private static func checked(
    _ name: String,
    _ value: String
  ) throws(OAuthError) -> (String, String) {
    let shown = "\"\(Text.line(name, limit: 40))\""
    let isName = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: Array("-._".utf8).contains(byte)
      }
    }
    guard isName, (1...100).contains(name.utf8.count) else {
      throw Scopes.invalid("\(shown) is not the name of a parameter")
    }
    guard !reserved.contains(name.lowercased()) else {
      throw Scopes.invalid("the parameter \(shown) is not among those that may be added")
    }
    guard value.utf8.count <= Limits.url, !Text.hasControls(value) else {
      throw Scopes.invalid("the value of \(shown) is too long or has control characters")
    }
    return (name, value)
  }

  /// RFC 8707 section 2: an absolute URI without a fragment.
  private static func checked(_ resource: String) throws(OAuthError) -> String {
    let scheme = resource.prefix { $0 != ":" }
    guard scheme.count < resource.count, let first = scheme.utf8.first,
      (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first),
      resource.utf8.count <= Limits.url, Text.isVisibleASCII(resource), !resource.contains("#")
    else {
      throw Scopes.invalid(
        "the resource \"\(Text.line(resource, limit: 40))\" is not an absolute URI"
      )
    }
    return resource
  }

  private static func refuseRepetitions(
    _ pairs: [(String, String)],
    _ query: String?
  ) throws(OAuthError) {
    var names = Set((FormEncoding.decode((query ?? "").utf8) ?? []).map(\.name))
    for (name, _) in pairs {
      guard names.insert(name).inserted else {
        throw Scopes.invalid("the parameter \"\(Text.line(name, limit: 40))\" is there twice")
      }
    }
  }
}
