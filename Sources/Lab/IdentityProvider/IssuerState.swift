// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a client asked for at the authorization endpoint, waiting for a person.
struct AuthorizationRequest: Sendable {
  let client: String
  let redirectURI: String
  let responseMode: ResponseMode?
  let scopes: [String]
  /// `resource` and `audience`.
  let audience: [String]
  let state: String?
  let nonce: String?
  let codeChallenge: String
  let loginHint: String?
  /// The key that the code will be bound to, by its thumbprint (RFC 9449 §10).
  let keyThumbprint: String?
  /// Whether the answer names the issuer (RFC 9207).
  let tellsIssuer: Bool
  let expires: Date
}

/// Everything that the issuer remembers. One actor, so that two requests cannot spend the same
/// thing.
actor IssuerState {
  private struct Code {
    let request: AuthorizationRequest
    let user: LabUser
    let expires: Date
    var family: String?
  }

  /// What became of an authorization code.
  enum CodeOutcome: Sendable {
    case granted(RefreshFamily, AuthorizationRequest)
    case replay(RefreshFamily?)
    case refused(reason: String)
  }

  private var requests: [String: AuthorizationRequest] = [:]
  private var pushed: [String: (fields: FormFields, client: String, expires: Date)] = [:]
  private var codes: [String: Code] = [:]
  /// Every code ever given out, for `secrets`.
  private var codesGiven: Set<String> = []
  private var families: RefreshFamilies
  private var devices = DeviceGrants()
  private var verifiers: Set<String> = []
  private var seen: [String: Date] = [:]
  private var shown: Set<String> = []
  /// The nonce that DPoP proofs need now (RFC 9449 §8).
  private(set) var proofNonce = Randomness.token()

  init(rules: RefreshFamilies.Rules) {
    families = RefreshFamilies(rules: rules)
  }

  // MARK: authorization code

  /// Forgets what nobody can use any more.
  private func prune(now: Date) {
    requests = requests.filter { now < $0.value.expires }
    pushed = pushed.filter { now < $0.value.expires }
    codes = codes.filter { now < $0.value.expires }
  }

  /// How many requests and codes wait for somebody.
  var waiting: Int { requests.count + pushed.count + codes.count }

  /// Remembers a request until its login form comes back; gives the form's id.
  func remember(_ request: AuthorizationRequest, now: Date) -> String {
    prune(now: now)
    let id = Randomness.token()
    requests[id] = request
    return id
  }

  /// The request that a login form belongs to, if it is still waiting.
  func request(_ id: String, now: Date) -> AuthorizationRequest? {
    requests[id].flatMap { now < $0.expires ? $0 : nil }
  }

  /// Keeps a pushed request (RFC 9126 §2.2); gives its name.
  func push(_ fields: FormFields, client: String, expires: Date, now: Date) -> String {
    prune(now: now)
    let uri = Randomness.token("urn:ietf:params:oauth:request_uri:")
    pushed[uri] = (fields, client, expires)
    return uri
  }

  /// A pushed request, once; nil if it is unknown, spent, another client's or too old.
  func takePushed(_ uri: String, client: String, now: Date) -> FormFields? {
    guard let entry = pushed[uri], entry.client == client else { return nil }
    pushed[uri] = nil
    return now < entry.expires ? entry.fields : nil
  }

  /// Ends a request: nobody can answer it again.
  func finish(_ id: String) {
    requests[id] = nil
  }

  /// A code for a person who logged in; lives a minute and works once.
  func issueCode(for request: AuthorizationRequest, user: LabUser, now: Date) -> String {
    prune(now: now)
    let code = Randomness.token("lab-code-")
    codesGiven.insert(code)
    codes[code] = Code(request: request, user: user, expires: now.addingTimeInterval(60))
    return code
  }

  /// Exchanges a code (RFC 6749 §4.1.3, RFC 7636 §4.6).
  ///
  /// A second use ends what the first one gave.
  func spendCode(
    _ code: String,
    client: String,
    redirectURI: String?,
    verifier: String?,
    now: Date
  ) -> CodeOutcome {
    guard let entry = codes[code] else { return .refused(reason: "unknown code") }
    if let family = entry.family {
      return .replay(families.end(family, because: "replay of the authorization code"))
    }
    guard entry.request.client == client else { return .refused(reason: "code of another client") }
    guard now < entry.expires else { return .refused(reason: "code expired") }
    guard redirectURI == entry.request.redirectURI else {
      return .refused(reason: "another redirect_uri")
    }
    guard let verifier, (43...128).contains(verifier.utf8.count),
      Randomness.sha256(verifier) == entry.request.codeChallenge
    else { return .refused(reason: "code_verifier does not match") }
    verifiers.insert(verifier)
    let family = families.start(
      client: client,
      user: entry.user,
      scopes: entry.request.scopes,
      audience: entry.request.audience,
      token: Randomness.token("lab-refresh-"),
      now: now
    )
    codes[code]?.family = family.id
    return .granted(family, entry.request)
  }

  // MARK: things that may come once

  /// Whether something did not come before; remembered until it could not be used anyway.
  func isNew(_ name: String, until: Date, now: Date) -> Bool {
    seen = seen.filter { now < $0.value }
    return seen.updateValue(until, forKey: name) == nil
  }

  /// Another nonce for DPoP proofs; the one before works no more.
  func renewNonce() {
    proofNonce = Randomness.token()
  }

  /// Binds a login's refresh tokens to a key.
  func bind(_ family: RefreshFamily, to key: String?) -> RefreshFamily {
    families.bind(family.id, to: key) ?? family
  }

  /// A login without a code.
  func startLogin(
    client: String,
    user: LabUser,
    scopes: [String],
    audience: [String],
    now: Date
  ) -> RefreshFamily {
    families.start(
      client: client,
      user: user,
      scopes: scopes,
      audience: audience,
      token: Randomness.token("lab-refresh-"),
      now: now
    )
  }

  // MARK: refresh tokens

  func spendRefreshToken(_ token: String, client: String, now: Date) -> RefreshFamilies.Outcome {
    families.spend(
      token,
      client: client,
      successor: Randomness.token("lab-refresh-"),
      now: now
    )
  }

  /// The login that a refresh token belongs to.
  func family(of token: String) -> RefreshFamily? { families.family(of: token) }

  /// Ends the logins that `match` picks; gives those that were alive.
  func endFamilies(because reason: String, where match: @Sendable (RefreshFamily) -> Bool)
    -> [RefreshFamily]
  {
    families.all.filter(match).compactMap { families.end($0.id, because: reason) }
  }

  var allFamilies: [RefreshFamily] { families.all }

  /// Every refresh token and code given out so far, and every code verifier received.
  var secrets: Set<String> { families.tokens.union(codesGiven).union(verifiers).union(shown) }

  /// Remembers what a client proved itself with.
  func note(shown proof: String) { shown.insert(proof) }

  // MARK: device codes

  func startDevice(client: String, scopes: [String], interval: Int, now: Date) -> DeviceGrant {
    devices.start(client: client, scopes: scopes, interval: interval, now: now)
  }

  func device(userCode: String, now: Date) -> DeviceGrant? {
    devices.waiting(userCode: userCode, now: now)
  }

  func decideDevice(userCode: String, user: LabUser, approved: Bool, now: Date) -> DeviceGrant? {
    devices.decide(userCode: userCode, user: user, approved: approved, now: now)
  }

  /// One poll of a device (RFC 8628 §3.4); a login if a person has approved.
  func pollDevice(_ code: String, client: String, now: Date) -> (DeviceGrants.Poll, RefreshFamily?)
  {
    let poll = devices.poll(code, client: client, now: now)
    guard case .approved(let grant, let user) = poll else { return (poll, nil) }
    let family = families.start(
      client: grant.client,
      user: user,
      scopes: grant.scopes,
      token: Randomness.token("lab-refresh-"),
      now: now
    )
    return (poll, family)
  }
}
