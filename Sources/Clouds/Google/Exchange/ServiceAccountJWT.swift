// SPDX-License-Identifier: Apache-2.0

import Clouds
import Crypto
import CryptoExtras
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a service account signs (developers.google.com/identity/protocols/oauth2/service-account).
enum ServiceAccountJWT {
  /// An assertion for the token endpoint, whose address is its audience.
  ///
  /// Throws `.configuration` for a key that cannot sign.
  static func assertion(
    _ key: ServiceAccountKey,
    audience: String,
    scopes: [String],
    now: Date,
    _ origin: Origin
  ) throws(CloudError) -> Secret {
    var claims = Claims(key, scopes: scopes, now: now)
    claims.aud = audience
    return try signed(claims, by: key, origin)
  }

  /// A token that the API itself accepts, with nobody asked for it (AIP-4111).
  ///
  /// Throws `.configuration` for a key that cannot sign.
  static func token(
    _ key: ServiceAccountKey,
    scopes: [String],
    now: Date,
    _ origin: Origin
  ) throws(CloudError) -> AccessToken {
    var claims = Claims(key, scopes: scopes, now: now)
    claims.sub = key.email
    return AccessToken(
      token: try signed(claims, by: key, origin),
      obtained: now,
      expiry: Date(timeIntervalSince1970: Double(claims.exp))
    )
  }

  private struct Header: Encodable {
    let alg = "RS256"
    let typ = "JWT"
    let kid: String?
  }

  private struct Claims: Encodable {
    let iss: String
    let scope: String
    let iat: Int64
    let exp: Int64
    var aud: String?
    var sub: String?

    init(_ key: ServiceAccountKey, scopes: [String], now: Date) {
      iss = key.email
      scope = scopes.joined(separator: " ")
      iat = Int64(now.timeIntervalSince1970) - Lives.backdated
      exp = iat + Int64(Lives.usual)
    }
  }

  private static func signed(_ claims: Claims, by key: ServiceAccountKey, _ origin: Origin)
    throws(CloudError) -> Secret
  {
    let signer: _RSA.Signing.PrivateKey
    do {
      signer = try _RSA.Signing.PrivateKey(pemRepresentation: key.privateKey.expose())
    } catch {
      throw origin.wrong("its private_key is not an RSA key in PEM of at least 2048 bits")
    }
    let parts = [TokenCall.json(Header(kid: key.keyID)), TokenCall.json(claims)]
    let input = parts.map { Base64URL.encode($0.utf8) }.joined(separator: ".")
    do {
      let signature = try signer.signature(
        for: SHA256.hash(data: Array(input.utf8)),
        padding: .insecurePKCS1v1_5
      )
      return Secret("\(input).\(Base64URL.encode(signature.rawRepresentation))")
    } catch {
      throw origin.wrong("its private_key does not sign")
    }
  }
}
