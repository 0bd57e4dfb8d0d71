// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension IdentityProvider {
  /// The value of `client_assertion_type` (RFC 7523 §2.2).
  static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  /// Checks a client assertion (RFC 7523 §3): signature, `iss`, `sub`, `aud`, `exp`, and that its
  /// `jti` is new; throws `OAuthRefusal`.
  func check(_ assertion: String?, of client: LabClient, _ exchange: Exchange) async throws {
    guard let assertion, exchange.fields["client_assertion_type"] == Self.assertionType,
      let token = CompactToken(assertion)
    else { throw Self.invalidClient("no client assertion") }
    let claims: [String: JSONValue]
    do {
      claims =
        client.method == .secretJWT
        ? try await token.claims(verifiedBySecret: client.secret ?? "")
        : try await token.claims(verifiedBy: PublicKeyText.jwk(client.key ?? ""))
    } catch {
      throw Self.invalidClient("the client assertion is not signed by the client")
    }
    guard claims["iss"]?.string == client.id, claims["sub"]?.string == client.id else {
      throw Self.invalidClient("the client assertion is about somebody else")
    }
    try await checkTimes(claims, scope: "assertion of \(client.id)", Self.invalidClient)
    let audience = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string ?? ""]
    let here = [issuer, url(.token), issuer + exchange.path]
    guard !Set(here).isDisjoint(with: audience) else {
      throw Self.invalidClient("the client assertion is for another audience")
    }
  }

  /// Checks `exp` (at most an hour away), `nbf`, and that `jti` did not come before in its scope.
  func checkTimes(
    _ claims: [String: JSONValue],
    scope: String,
    _ refusal: (String) -> OAuthRefusal
  ) async throws {
    let now = clock.now.timeIntervalSince1970
    guard let expiry = claims["exp"]?.int, now < Double(expiry), Double(expiry) < now + 3600 else {
      throw refusal("the assertion has expired, or lives too long")
    }
    if let start = claims["nbf"]?.int, now + 60 < Double(start) {
      throw refusal("the assertion is not valid yet")
    }
    guard let id = claims["jti"]?.string,
      await state.isNew(
        "\(scope) \(id)",
        until: Date(timeIntervalSince1970: Double(expiry)),
        now: clock.now
      )
    else { throw refusal("the assertion has no jti, or was used before") }
  }
}
