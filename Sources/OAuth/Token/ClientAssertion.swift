// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// A signed statement that a client is itself (RFC 7523 section 2.2), good for one request.
package struct ClientAssertion: Sendable {
  /// Whom the assertion is made for.
  package enum Audience: Sendable, Equatable {
    /// The issuer identifier, as draft-ietf-oauth-rfc7523bis and FAPI 2.0 section 5.3.3 ask: an
    /// audience that is any other URL lets a second issuer obtain an assertion for the first.
    case issuer(Issuer)
    /// The address that the request goes to, for issuers that insist on it (glewlwyd).
    ///
    /// Whoever gets the assertion can do nothing with it elsewhere, because it names them.
    case endpoint(Endpoint)

    var text: String {
      switch self {
      case .issuer(let issuer): issuer.text
      case .endpoint(let endpoint): endpoint.text
      }
    }
  }

  /// Seconds that an assertion lives: long enough for a slow connection, too short to be found in a
  /// log and used.
  static let life: Int64 = 60
  /// Bytes that make `jti` unique (RFC 7523 section 3, rule 7).
  static let randomBytes = 16

  let clientID: String
  let audience: Audience
  let now: Date
  let random: [UInt8]

  /// `random` has at least 16 bytes, never used before.
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` if there are fewer, or the time is none.
  package init(
    clientID: String,
    audience: Audience,
    now: Date,
    random: [UInt8]
  ) throws(OAuthError) {
    guard random.count >= Self.randomBytes else {
      throw Self.refusal("\(random.count) random bytes are too few")
    }
    guard now.timeIntervalSince1970 >= 0, now.timeIntervalSince1970 < 1e11 else {
      throw Self.refusal("this computer's clock is not set")
    }
    self.clientID = clientID
    self.audience = audience
    self.now = now
    self.random = random
  }

  /// Signed with the client's private key.
  ///
  /// `announced` is the issuer's `token_endpoint_auth_signing_alg_values_supported`. Throws
  /// ``OAuthError/Code/requestInvalid``.
  package func signed(by key: ClientKey, announced: [String]?) throws(OAuthError) -> Secret {
    let algorithm = key.algorithm(announced: announced)
    let header = header(algorithm.rawValue).merging(["kid": .string(key.keyID)]) { $1 }
    do {
      return Secret(
        try CompactJWS.make(header: header, payload: payload) { input in
          try key.key.signature(over: input, algorithm)
        }
      )
    } catch {
      throw Self.refusal("the private key does not sign")
    }
  }

  /// Signed with the client's secret, HS256 (`client_secret_jwt`).
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` for a secret of fewer than 32 bytes (RFC 7518
  /// section 3.2): a short one could be found by trying, from one assertion.
  package func signed(by secret: Secret) throws(OAuthError) -> Secret {
    let bytes = Array(secret.expose().utf8)
    guard bytes.count >= 32 else {
      throw Self.refusal("client_secret_jwt needs a secret of at least 32 bytes")
    }
    return Secret(
      CompactJWS.make(header: header("HS256"), payload: payload) { input in
        Array(HMAC<SHA256>.authenticationCode(for: input, using: SymmetricKey(data: bytes)))
      }
    )
  }

  private func header(_ algorithm: String) -> [String: StrictJSON] {
    ["alg": .string(algorithm), "typ": .string("JWT")]
  }

  private var payload: [String: StrictJSON] {
    let issued = Int64(now.timeIntervalSince1970)
    return [
      "iss": .string(clientID), "sub": .string(clientID), "aud": .string(audience.text),
      "iat": .integer(issued), "exp": .integer(issued + Self.life),
      "jti": .string(Base64URL.encode(random)),
    ]
  }

  private static func refusal(_ reason: String) -> OAuthError {
    OAuthError(
      .requestInvalid,
      what: "the client cannot authenticate: \(reason)",
      remedy: "check the client's key or secret, or choose another way to authenticate"
    )
  }
}
