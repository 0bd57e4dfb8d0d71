// SPDX-License-Identifier: Apache-2.0

import CryptoExtras
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension GoogleCloud {
  /// The client that people sign in with.
  package static let client = (id: "lab.apps.googleusercontent.com", secret: "lab-secret")

  /// A refresh token of a person who just signed in.
  package func signIn(_ email: String) -> String {
    let token = Randomness.token("1//")
    state.withLock { state in
      state.signIns[token] = SignIn(
        email: email,
        client: Self.client.id,
        secret: Self.client.secret
      )
    }
    return token
  }

  /// The credential file of a person who just signed in, with more members if wanted.
  package func authorizedUser(_ email: String, base: String, _ more: [String: JSONValue] = [:])
    -> JSONValue
  {
    let members: [String: JSONValue] = [
      "type": "authorized_user", "client_id": .string(Self.client.id),
      "client_secret": .string(Self.client.secret), "refresh_token": .string(signIn(email)),
      "token_uri": .string("\(base)/google/token"), "universe_domain": "googleapis.com",
    ]
    return .object(members.merging(more) { $1 })
  }

  /// The key file of a new service account; throws what the generator throws.
  package func serviceAccount(_ email: String, base: String) throws -> JSONValue {
    let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let id = Randomness.token()
    let numbers = try key.publicKey.getKeyPrimitives()
    let jwk: JSONValue = [
      "kty": "RSA", "alg": "RS256", "n": .string(Randomness.base64URL(numbers.modulus)),
      "e": .string(Randomness.base64URL(numbers.publicExponent)),
    ]
    state.withLock { $0.keys[email] = jwk }
    return [
      "type": "service_account", "project_id": "lab", "private_key_id": .string(id),
      "private_key": .string(key.pkcs8PEMRepresentation + "\n"), "client_email": .string(email),
      "client_id": "1", "token_uri": .string("\(base)/google/token"),
    ]
  }

  /// The next requests are answered with these, one each.
  package func refuse(_ refusals: [GoogleRefusal]) {
    state.withLock { $0.refusals += refusals }
  }

  /// Nobody may act as this service account.
  package func deny(_ account: String) {
    state.withLock { _ = $0.denied.insert(account) }
  }

  /// Every request so far.
  package var requests: [Recorded] { state.withLock { $0.requests } }

  /// From now on every answer takes so many seconds.
  package func setDelay(_ seconds: Double) {
    state.withLock { $0.delay = seconds }
  }

  /// From now on every workforce renewal replaces the refresh token, or no more.
  package func setRotation(_ rotates: Bool) {
    state.withLock { $0.rotates = rotates }
  }

  /// From now on access tokens live for so many seconds.
  package func setLife(_ seconds: Int) {
    state.withLock { $0.life = seconds }
  }

  /// Ends every access token, as when an account is suspended.
  package func revokeAccessTokens() {
    state.withLock { $0.issued = [:] }
  }

  /// Ends every login.
  package func revokeSignIns() {
    state.withLock { $0.signIns = [:] }
  }

  /// An access token of somebody, as gcloud would have got it.
  package func accessToken(_ user: String) -> String { issue(user, scopes: ["openid"]).token }

  /// Whose an access token is; nil for one that does not work.
  package func user(of token: String) -> String? { issued(token)?.user }

  /// The refresh tokens that work.
  package var refreshTokens: Set<String> { state.withLock { Set($0.signIns.keys) } }
}
