// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AWSSignInSite {
  // MARK: the token service of IAM Identity Center

  func register(_ received: Received) -> Response {
    let members = Self.members(received)
    let grants = members["grantTypes"]?.array?.compactMap(\.string) ?? []
    let redirectURIs = members["redirectUris"]?.array?.compactMap(\.string) ?? []
    guard members["clientName"]?.string != nil, members["clientType"]?.string == "public",
      !grants.isEmpty, !grants.contains("authorization_code") || redirectURIs.count == 1
    else { return Self.refusal(400, "InvalidClientMetadataException", "invalid_client_metadata") }
    let id = Randomness.token("lab-client-")
    let client = Client(
      secret: Randomness.token("lab-secret-"),
      grants: grants,
      redirectURIs: redirectURIs
    )
    state.withLock { $0.clients[id] = client }
    let now = Int(clock.now.timeIntervalSince1970)
    return .json([
      "clientId": .string(id), "clientSecret": .string(client.secret),
      "clientIdIssuedAt": .int(now), "clientSecretExpiresAt": .int(now + 90 * 86_400),
    ])
  }

  /// Lets the browser's person in at once; the port of a loopback redirect URI is anybody's choice (RFC 8252 §7.3).
  func authorize(_ fields: FormFields) -> Response {
    guard let id = fields["client_id"], let client = state.withLock({ $0.clients[id] }),
      let redirectURI = fields["redirect_uri"], let address = WebAddress(redirectURI),
      client.redirectURIs == ["http://\(address.host)\(address.path)"],
      fields["response_type"] == "code", let challenge = fields["code_challenge"],
      fields["code_challenge_method"] == "S256", fields["scopes"] == "sso:account:access",
      let state = fields["state"]
    else { return .page(Page.message("No", "The request is not right."), status: .badRequest) }
    let code = issue(Code(client: id, redirectURI: redirectURI, challenge: challenge))
    return .found("\(redirectURI)?\(FormFields([("code", code), ("state", state)]).encoded)")
  }

  func issue(_ code: Code) -> String {
    let text = Randomness.token("lab-code-")
    state.withLock { $0.codes[text] = code }
    return text
  }

  func beginDevice(_ received: Received) -> Response {
    let members = Self.members(received)
    guard let id = client(members, for: Self.deviceGrant), members["startUrl"]?.string != nil else {
      return Self.refusal(401, "InvalidClientException", "invalid_client")
    }
    let device = Device(client: id, userCode: Randomness.userCode())
    let code = Randomness.token("lab-device-")
    state.withLock { $0.devices[code] = device }
    return .json([
      "deviceCode": .string(code), "userCode": .string(device.userCode),
      "verificationUri": .string("\(url)/device"),
      "verificationUriComplete": .string("\(url)/device?user_code=\(device.userCode)"),
      "expiresIn": 600, "interval": 1,
    ])
  }

  func devicePage(_ fields: FormFields) -> Response {
    .page(Page.message("Sign in", "Code \(fields["user_code"] ?? "")"))
  }

  static let deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

  /// The client of a request, if it knows its secret and may use the grant.
  private func client(_ members: [String: JSONValue], for grant: String) -> String? {
    guard let id = members["clientId"]?.string, let client = state.withLock({ $0.clients[id] }),
      members["clientSecret"]?.string == client.secret, client.grants.contains(grant)
    else { return nil }
    return id
  }

  func token(_ received: Received) async -> Answer {
    let members = Self.members(received)
    let grant = members["grantType"]?.string ?? ""
    guard let id = client(members, for: grant) else {
      return Answer(response: Self.refusal(401, "InvalidClientException", "invalid_client"))
    }
    if let refusal = state.withLock(\.settings.refusal) {
      return Answer(response: Self.refusal(400, "InvalidGrantException", refusal))
    }
    await delay()
    switch grant {
    case "authorization_code": return redeem(members, id)
    case "refresh_token": return renew(members["refreshToken"]?.string, client: id, key: nil)
    default: return poll(members, id)
    }
  }

  private func redeem(_ members: [String: JSONValue], _ id: String) -> Answer {
    let code = state.withLock { state in
      members["code"]?.string.flatMap { state.codes.removeValue(forKey: $0) }
    }
    guard let code, code.client == id, members["redirectUri"]?.string == code.redirectURI,
      members["codeVerifier"]?.string.map(Randomness.sha256) == code.challenge
    else { return Answer(response: Self.refusal(400, "InvalidGrantException", "invalid_grant")) }
    return begin(client: id, key: nil)
  }

  private func poll(_ members: [String: JSONValue], _ id: String) -> Answer {
    let text = members["deviceCode"]?.string ?? ""
    let approves = state.withLock(\.settings.approvesDevices)
    guard let device = state.withLock({ $0.devices[text] }), device.client == id else {
      return Answer(response: Self.refusal(400, "ExpiredTokenException", "expired_token"))
    }
    guard approves else {
      return Answer(
        response: Self.refusal(400, "AuthorizationPendingException", "authorization_pending")
      )
    }
    state.withLock { $0.devices[text] = nil }
    return begin(client: id, key: nil)
  }

  // MARK: sign-ins

  /// A new sign-in and its first tokens.
  func begin(client: String, key: String?) -> Answer {
    let signIn = newSignIn(client: client, key: key)
    return Answer(response: .json(answer(signIn)))
  }

  func newSignIn(client: String, key: String?) -> SignIn {
    state.withLock { state in
      let signIn = SignIn(
        client: client,
        key: key,
        access: Randomness.token("lab-access-"),
        accessEnds: clock.now.addingTimeInterval(Double(state.settings.accessLifetime)),
        refreshTokens: [Randomness.token("lab-refresh-")]
      )
      state.signIns.append(signIn)
      return signIn
    }
  }

  /// The next tokens for a refresh token, once.
  func renew(_ refreshToken: String?, client: String, key: String?) -> Answer {
    let dead = key == nil ? "invalid_grant" : "TOKEN_EXPIRED"
    let refusal = Answer(response: Self.refusal(400, "InvalidGrantException", dead))
    let outcome: (signIn: SignIn, isLost: Bool, again: JSONValue?)? = state.withLock { state in
      guard let refreshToken,
        let place = state.signIns.firstIndex(where: { $0.refreshTokens.contains(refreshToken) }),
        !state.signIns[place].hasEnded, state.signIns[place].client == client,
        state.signIns[place].key == key
      else { return nil }
      let spent = state.signIns[place].refreshTokens.dropLast()
      if spent.last == refreshToken, let lost = state.signIns[place].lost {
        state.signIns[place].lost = nil
        return (state.signIns[place], false, lost)
      }
      if spent.contains(refreshToken) {
        state.replays += 1
        state.signIns[place].hasEnded = true
        return nil
      }
      state.signIns[place].access = Randomness.token("lab-access-")
      state.signIns[place].accessEnds =
        clock.now.addingTimeInterval(Double(state.settings.accessLifetime))
      state.signIns[place].refreshTokens.append(Randomness.token("lab-refresh-"))
      let isLost = state.settings.lostAnswers > 0
      if isLost { state.settings.lostAnswers -= 1 }
      return (state.signIns[place], isLost, nil)
    }
    guard let outcome else { return refusal }
    let answer = outcome.again ?? self.answer(outcome.signIn)
    if outcome.isLost { keepLost(answer, of: outcome.signIn) }
    return Answer(response: .json(answer), isLost: outcome.isLost)
  }

  private func keepLost(_ answer: JSONValue, of signIn: SignIn) {
    state.withLock { state in
      guard state.settings.repeatsLostAnswers,
        let place = state.signIns.firstIndex(where: { $0.refreshTokens == signIn.refreshTokens })
      else { return }
      state.signIns[place].lost = answer
    }
  }

  private func answer(_ signIn: SignIn) -> JSONValue {
    if signIn.key != nil { return consoleAnswer(signIn) }
    let lifetime = state.withLock(\.settings.accessLifetime)
    return [
      "accessToken": .string(signIn.access), "tokenType": "Bearer", "expiresIn": .int(lifetime),
      "refreshToken": .string(signIn.refreshTokens.last ?? ""),
    ]
  }
}
