// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension IdentityProvider {
  private static let proofField = HTTPField.Name("DPoP")
  /// How far `iat` of a proof may be from the lab's clock, in seconds.
  private static let proofAge = 300.0

  /// The thumbprint of the key that the request's DPoP proof was made with (RFC 9449 §4.3); nil
  /// without a proof, or when the lab does not know of DPoP.
  ///
  /// At a resource the proof has to be for the access token. Throws `OAuthRefusal`.
  func proofKey(_ exchange: Exchange, accessToken: String? = nil) async throws -> String? {
    guard options.dpop != .off, let field = Self.proofField else { return nil }
    let isResource = accessToken != nil
    let proofs = exchange.request.headers[values: field]
    guard let proof = proofs.first else { return nil }
    if exchange.plan.refusesProofs { throw Self.invalidProof("no proofs here", isResource) }
    guard proofs.count == 1, let token = CompactToken(proof),
      token.header["typ"]?.string == "dpop+jwt", let jwk = token.header["jwk"]?.object,
      jwk["d"] == nil, let claims = try? await token.claims(verifiedBy: jwk)
    else { throw Self.invalidProof("not a proof signed by the key that it names", isResource) }
    guard claims["htm"]?.string == exchange.request.method.rawValue,
      claims["htu"]?.string == issuer + exchange.path
    else { throw Self.invalidProof("the proof is for another request", isResource) }
    let now = clock.now
    guard let issued = claims["iat"]?.int,
      abs(now.timeIntervalSince1970 - Double(issued)) <= Self.proofAge
    else { throw Self.invalidProof("the proof is too old or too new", isResource) }
    try await checkNonce(claims["nonce"]?.string, exchange, isResource)
    if let accessToken, claims["ath"]?.string != Randomness.sha256(accessToken) {
      throw Self.invalidProof("the proof is for another access token", isResource)
    }
    guard let id = claims["jti"]?.string,
      await state.isNew("proof \(id)", until: now.addingTimeInterval(2 * Self.proofAge), now: now)
    else { throw Self.invalidProof("the proof was used before", isResource) }
    let key = PublicKeyText.thumbprint(jwk)
    record(.dpopProof, exchange) { $0.reason = "key \(key)" }
    return key
  }

  private func checkNonce(_ nonce: String?, _ exchange: Exchange, _ isResource: Bool) async throws {
    guard options.dpopNonce else { return }
    if exchange.plan.renewsNonce { await state.renewNonce() }
    let expected = await state.proofNonce
    guard nonce != expected else { return }
    record(.dpopNonce, exchange)
    var refusal = OAuthRefusal(
      code: "use_dpop_nonce",
      status: isResource ? 401 : 400,
      description: "the proof needs this nonce"
    )
    refusal.challenge = "DPoP error=\"use_dpop_nonce\""
    refusal.headers = [(name: "dpop-nonce", value: expected)]
    throw refusal
  }

  /// Refuses a proof, or a request that needs one (RFC 9449 §5, §7.1).
  static func invalidProof(_ description: String, _ isResource: Bool) -> OAuthRefusal {
    var refusal = OAuthRefusal(
      code: "invalid_dpop_proof",
      status: isResource ? 401 : 400,
      description: description
    )
    refusal.challenge = "DPoP error=\"invalid_dpop_proof\""
    return refusal
  }

  /// Checks the key of a request against the one that a login is bound to (RFC 9449 §5, §10): a
  /// public client's refresh token, and a code whose request named a key.
  func checkBinding(to expected: String?, _ exchange: Exchange) throws {
    if let expected, expected != exchange.keyThumbprint {
      throw Self.invalidProof("the proof is missing, or made with another key", false)
    }
    if options.dpop == .required && exchange.keyThumbprint == nil {
      throw Self.invalidProof("a proof is required here", false)
    }
  }
}
