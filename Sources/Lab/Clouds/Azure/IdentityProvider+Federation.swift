// SPDX-License-Identifier: Apache-2.0

import Crypto
import Hummingbird
import SwiftASN1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension IdentityProvider {
  /// The audience that Entra ID wants of federated tokens.
  static let federationAudience = "api://AzureADTokenExchange"

  /// Whether a client came with a token that it trusts in place of a proof of its own; throws `OAuthRefusal` if the
  /// token does not fit.
  func isFederated(
    _ assertion: String?,
    _ client: LabClient,
    _ exchange: Exchange
  ) async throws -> Bool {
    guard let assertion, exchange.entra != nil, let subject = options.entra?.federated[client.id]
    else { return false }
    try await checkFederation(assertion, subject: subject)
    return true
  }

  /// Whether an application trusts the subject of an assertion; throws with the number that says what does not fit.
  private func checkFederation(_ assertion: String, subject: String) async throws {
    guard let token = CompactToken(assertion),
      let claims = try? await token.claims(verifiedBy: assertionIssuer.key.jwk.object ?? [:])
    else { throw Self.misfit(700_211, "No matching federated identity record for the issuer.") }
    guard let expiry = claims["exp"]?.int, clock.now.timeIntervalSince1970 < Double(expiry) else {
      throw Self.misfit(700_024, "Client assertion is not within its valid time range.")
    }
    guard claims["aud"]?.string == Self.federationAudience else {
      throw Self.misfit(700_212, "No matching federated identity record for the audience.")
    }
    guard claims["sub"]?.string == subject else {
      throw Self.misfit(700_213, "No matching federated identity record for the subject.")
    }
  }

  private static func misfit(_ number: Int, _ description: String) -> OAuthRefusal {
    OAuthRefusal(
      code: "invalid_client",
      status: 401,
      description: description,
      entraCode: number
    )
  }

  /// Whether an assertion names the certificate that the application has registered (RFC 7515 §4.1.8).
  func checkThumbprint(_ assertion: String?, of client: LabClient) throws {
    guard let pem = options.entra?.certificates[client.id] else { return }
    guard let assertion, let der = try? PEMDocument(pemString: pem).derBytes,
      let token = CompactToken(assertion), token.algorithm == "PS256",
      token.header["x5t#S256"]?.string == Randomness.base64URL(SHA256.hash(data: der)),
      token.header["x5c"]?[0]?.string == Data(der).base64EncodedString()
    else { throw Self.misfit(700_027, "The certificate is not registered on the application.") }
  }
}
