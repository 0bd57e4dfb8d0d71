// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AWSSignInSite {
  // MARK: the console's sign-in

  private static let clients = [
    "arn:aws:signin:::devtools/same-device", "arn:aws:signin:::devtools/cross-device",
  ]
  private static let proofField = HTTPField.Name("DPoP")

  /// Lets the browser's person in at once; on another device the code is shown instead.
  func authorizeConsole(_ fields: FormFields) -> Response {
    guard let client = fields["client_id"], Self.clients.contains(client),
      fields["response_type"] == "code", fields["scope"] == "openid",
      fields["code_challenge_method"] == "SHA-256", let challenge = fields["code_challenge"],
      let redirectURI = fields["redirect_uri"], let state = fields["state"]
    else { return .page(Page.message("No", "The request is not right."), status: .badRequest) }
    let code = issue(Code(client: client, redirectURI: redirectURI, challenge: challenge))
    let answer = FormFields([("state", state), ("code", code)]).encoded
    if client == Self.clients[0], redirectURI.hasPrefix("http://127.0.0.1:"),
      redirectURI.hasSuffix("/oauth/callback")
    {
      return .found("\(redirectURI)?\(answer)")
    }
    guard client == Self.clients[1], redirectURI == "\(url)/v1/sessions/confirmation" else {
      return .page(Page.message("No", "The redirect URI is not right."), status: .badRequest)
    }
    return .page(Page.message("Your code", Data(answer.utf8).base64EncodedString()))
  }

  func consoleToken(_ received: Received) async -> Answer {
    guard let key = await proofKey(received) else {
      return Answer(response: Self.refusal(400, "ValidationException", "INVALID_REQUEST"))
    }
    if let refusal = state.withLock(\.settings.refusal) {
      return Answer(response: Self.refusal(403, "AccessDeniedException", refusal))
    }
    await delay()
    let members = Self.members(received)
    guard let client = members["clientId"]?.string, Self.clients.contains(client) else {
      return Answer(response: Self.refusal(400, "ValidationException", "INVALID_REQUEST"))
    }
    if members["grantType"]?.string == "refresh_token" {
      return renew(members["refreshToken"]?.string, client: client, key: key)
    }
    let code = state.withLock { state in
      members["code"]?.string.flatMap { state.codes.removeValue(forKey: $0) }
    }
    guard members["grantType"]?.string == "authorization_code", let code, code.client == client,
      members["redirectUri"]?.string == code.redirectURI,
      members["codeVerifier"]?.string.map(Randomness.sha256) == code.challenge
    else {
      return Answer(response: Self.refusal(401, "AccessDeniedException", "AUTHCODE_EXPIRED"))
    }
    return begin(client: client, key: key)
  }

  /// The thumbprint of the key of a proof for this request (RFC 9449 §4.3).
  private func proofKey(_ received: Received) async -> String? {
    guard let field = Self.proofField, received.headers[values: field].count == 1,
      let proof = received.headers[field], let token = CompactToken(proof),
      token.header["typ"]?.string == "dpop+jwt", token.header["alg"]?.string == "ES256",
      let jwk = token.header["jwk"]?.object, jwk["d"] == nil,
      let claims = try? await token.claims(verifiedBy: jwk),
      claims["htm"]?.string == "POST", claims["htu"]?.string == "\(url)/v1/token",
      let issued = claims["iat"]?.int, abs(clock.now.timeIntervalSince1970 - Double(issued)) <= 300,
      let id = claims["jti"]?.string, state.withLock({ $0.proofs.insert(id).inserted })
    else { return nil }
    return PublicKeyText.thumbprint(jwk)
  }

  /// Credentials, and at the sign-in who it is.
  func consoleAnswer(_ signIn: SignIn) -> JSONValue {
    let (lifetime, person, number) = state.withLock { state in
      state.issued += 1
      return (state.settings.consoleLifetime, state.settings.person, state.issued)
    }
    var members: [String: JSONValue] = [
      "accessToken": .object(
        credentials("ASIACONSOLEN\(number)", of: person, lifetime: lifetime)
      ),
      "tokenType": "aws_sigv4", "expiresIn": .int(lifetime),
      "refreshToken": .string(signIn.refreshTokens.last ?? ""),
    ]
    if signIn.refreshTokens.count == 1 {
      let payload = JSONValue.object(["sub": .string(person)]).text
      members["idToken"] = .string("e30.\(Randomness.base64URL(Array(payload.utf8))).c2ln")
    }
    return .object(members)
  }
}
