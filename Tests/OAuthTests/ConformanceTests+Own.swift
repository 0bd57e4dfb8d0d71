// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ConformanceTests {
  /// Rows that come from advisories about other clients.
  static let own =
    [
      Row(
        "own-other-key",
        [.signatureInvalid],
        Presented(signature: { try Forge.signature(.p256, $0, keys: Forge.foreign) })
      ),
      Row(
        "own-hs256-with-rsa-pub",
        [.algorithmRefused("HS256")],
        Presented(header: #"{"alg":"HS256","kid":"RS256-1"}"#, signature: hmac),
        twin: Presented(signer: .rsa, header: #"{"alg":"RS256","kid":"RS256-1"}"#)
      ),
      Row(
        "own-crit",
        [.headerRefused("crit")],
        Presented(header: #"{"alg":"ES256","kid":"ES256-1","crit":["x"],"x":1}"#),
        twin: Presented(header: #"{"alg":"ES256","kid":"ES256-1","x":1}"#)
      ),
      Row(
        "own-dup-claim",
        [.malformed("its payload is not JSON: a member appears twice")],
        Presented(payload: duplicate("iss")),
        twin: Presented(payload: duplicate("other"))
      ),
      Row(
        "own-array-payload",
        [.malformed("its payload is not an object")],
        Presented(payload: "[\(Forge.object(Forge.claims()))]"),
        twin: Presented(payload: Forge.object(Forge.claims()))
      ),
      Row(
        "own-unprotected-alg",
        [.malformed("it has 1 parts where a JWT has three")],
        Presented(text: #"{"payload":"e30","header":{"alg":"none"},"signature":""}"#)
      ),
      Row(
        "own-es256-zero",
        [.signatureInvalid],
        Presented(signature: { _ in [UInt8](repeating: 0, count: 64) })
      ),
      Row(
        "own-jwk-alg-conflict",
        [.algorithmMismatch("RS256")],
        Presented(signer: .rsa) { [try Forge.rsaKey(more: ["alg": #""RS512""#])] },
        twin: Presented(signer: .rs512) { [try Forge.rsaKey(more: ["alg": #""RS512""#])] }
      ),
      Row(
        "own-azp-mismatch",
        [.authorizedParty(found: "other")],
        Presented(["azp": #""other""#]),
        twin: Presented(["azp": #""kube""#])
      ),
      Row("own-huge-token (2 MiB)", [tooLarge], Presented(text: huge)),
      Row(
        "own-huge-token (a million dots)",
        [tooLarge],
        Presented(text: String(repeating: ".", count: 1_000_000))
      ),
      Row(
        "own-refresh-aud",
        [.audience(found: ["other"])],
        Presented(["aud": #"["other"]"#], isRenewal: true),
        twin: Presented(isRenewal: true)
      ),
    ] + values

  /// One claim has a value that is none.
  private static let values = [
    ("own-aud-empty ([])", "aud", "[]", .audienceInvalid),
    ("own-aud-empty (\"\")", "aud", #"[""]"#, .audienceInvalid),
    ("own-exp-string", "exp", "\"\(Forge.now + 600)\"", .timeInvalid(claim: "exp")),
    ("own-exp-string (1e300)", "exp", "1e300", .timeInvalid(claim: "exp")),
    ("own-exp-string (negative)", "exp", "-1700000600", .timeInvalid(claim: "exp")),
    (
      "own-iss-slash", "iss", "\"\(Forge.issuer)/\"", .issuer(found: Forge.issuer + "/")
    ),
    (
      "own-iss-slash (case)", "iss", #""https://Issuer.test/realms/one""#,
      .issuer(found: "https://Issuer.test/realms/one")
    ),
    (
      "own-iss-slash (port)", "iss", #""https://issuer.test:443/realms/one""#,
      .issuer(found: "https://issuer.test:443/realms/one")
    ),
    ("own-control-chars", "sub", #""al\u001b[2Jice""#, .subjectInvalid),
  ].map { (name: String, claim: String, value: String, fault: IDTokenFault) in
    Row(name, [fault], Presented([claim: value]))
  }

  private static let tooLarge = IDTokenFault.malformed("it has more than 65536 bytes")
  private static let huge = "e30.e30." + String(repeating: "A", count: 2 << 20)

  private static func duplicate(_ name: String) -> String {
    let claims = Forge.object(Forge.claims())
    return "{\"\(name)\":\"https://evil.test\"," + claims.dropFirst()
  }

  private static let hmac: Presented.Signature = { input in
    let secret = try Forge.keys.get().rsa.publicKey.pemRepresentation
    let key = SymmetricKey(data: Array(secret.utf8))
    return Array(HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: key))
  }
}
