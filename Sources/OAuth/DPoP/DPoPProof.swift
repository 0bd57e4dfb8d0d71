// SPDX-License-Identifier: Apache-2.0

import Crypto
import HTTPTypes

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The proof that whoever sends a request holds the key (RFC 9449 section 4.2); one for each
/// request, and a new one for each time it is sent.
package struct DPoPProof: Sendable {
  /// Bytes that make `jti` unique; 96 bits are asked for.
  static let randomBytes = 16

  let now: Date
  let random: [UInt8]
  /// The last nonce of this server, if it gave one.
  let nonce: String?
  /// The access token that goes with the request, for `ath`; nil at the token endpoint.
  let accessToken: Secret?

  /// `random` has at least 16 bytes, never used before.
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` if there are fewer, or the time is none.
  package init(
    now: Date,
    random: [UInt8],
    nonce: String? = nil,
    accessToken: Secret? = nil
  ) throws(OAuthError) {
    guard random.count >= Self.randomBytes else {
      throw Self.refusal("\(random.count) random bytes are too few")
    }
    guard now.timeIntervalSince1970 >= 0, now.timeIntervalSince1970 < 1e11 else {
      throw Self.refusal("this computer's clock is not set")
    }
    self.now = now
    self.random = random
    self.nonce = nonce
    self.accessToken = accessToken
  }

  /// The call with the proof in its `DPoP` field, in place of any that is there.
  ///
  /// Throws ``OAuthError/Code/requestInvalid``.
  package func prove(_ call: HTTPCall, with key: DPoPKey) throws(OAuthError) -> HTTPCall {
    guard let field = HTTPField.Name("DPoP") else { throw Self.refusal("its field has no name") }
    var call = call
    call.headers[field] = try text(method: call.method.rawValue, url: call.url, key: key)
    return call
  }

  func text(method: String, url: String, key: DPoPKey) throws(OAuthError) -> String {
    var payload: [String: StrictJSON] = [
      "htm": .string(method), "htu": .string(Self.target(of: url)),
      "iat": .integer(Int64(now.timeIntervalSince1970)), "jti": .string(Base64URL.encode(random)),
    ]
    if let nonce { payload["nonce"] = .string(nonce) }
    if let accessToken {
      let hash = SHA256.hash(data: Array(accessToken.expose().utf8))
      payload["ath"] = .string(Base64URL.encode(hash))
    }
    let header: [String: StrictJSON] = [
      "alg": .string("ES256"), "typ": .string("dpop+jwt"), "jwk": .object(key.publicMembers),
    ]
    do {
      return try CompactJWS.make(header: header, payload: payload) { input in
        try key.signature(over: input)
      }
    } catch {
      throw Self.refusal("the key does not sign")
    }
  }

  /// The URL without query and fragment.
  static func target(of url: String) -> String {
    String(url.prefix { $0 != "?" && $0 != "#" })
  }

  private static func refusal(_ reason: String) -> OAuthError {
    OAuthError(
      .requestInvalid,
      what: "no DPoP proof can be made: \(reason)",
      remedy: "set this computer's clock, or log in without DPoP"
    )
  }
}
