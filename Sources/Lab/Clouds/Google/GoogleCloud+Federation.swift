// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension GoogleCloud {
  static let accountsPrefix = "/google/v1/projects/-/serviceAccounts/"
  static let metadataPrefix = "/computeMetadata/v1/"
  private static let metadataFlavor = HTTPField.Name("Metadata-Flavor")

  /// `POST /sts/v1/token`: another issuer's token, whose audience has to be the provider, a signed request of AWS, or
  /// the certificate of the connection.
  func exchange(_ fields: FormFields, _ presented: ClientCertificate.Presented?) async -> Response {
    guard fields["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange",
      fields["requested_token_type"] == "urn:ietf:params:oauth:token-type:access_token",
      let audience = fields["audience"], let subject = fields["subject_token"],
      let scope = fields["scope"]
    else { return GoogleRefusal("invalid_request", "A parameter is missing.").response }
    let name =
      switch fields["subject_token_type"] {
      case "urn:ietf:params:aws:token-type:aws4_request": workloadOfAWS(subject, audience)
      case "urn:ietf:params:oauth:token-type:mtls": holder(subject, presented)
      default: await vouched(subject, audience)
      }
    guard let name else {
      return GoogleRefusal(
        "invalid_grant",
        "The audience in ID Token does not match the expected audience, or nobody trusted signed it."
      ).response
    }
    let issued = issue(
      "principal://iam/\(name)",
      scopes: scope.split(separator: " ").map(String.init)
    )
    return .json([
      "access_token": .string(issued.token), "expires_in": .int(issued.life),
      "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
      "token_type": "Bearer",
    ])
  }

  /// The subject of a token that the lab's trusted issuer made for this provider.
  private func vouched(_ text: String, _ audience: String) async -> String? {
    guard let token = CompactToken(text),
      let claims = try? await token.claims(verifiedBy: assertionIssuer.key.jwk.object ?? [:]),
      claims["aud"]?.string == audience, let expiry = claims["exp"]?.int,
      clock.now.timeIntervalSince1970 < Double(expiry)
    else { return nil }
    return claims["sub"]?.string
  }

  /// The subject of the certificate that the connection came with, which has to be the first in the token's chain.
  private func holder(_ text: String, _ presented: ClientCertificate.Presented?) -> String? {
    guard let presented, let chain = try? JSONValue.parse(text).array?.compactMap(\.string),
      chain.first == Data(presented.der).base64EncodedString()
    else { return nil }
    return presented.certificate.map { "\($0.subject)" }
  }

  /// The access key id of a request that is signed for this provider; the signature itself only AWS can check.
  private func workloadOfAWS(_ text: String, _ audience: String) -> String? {
    guard let json = try? JSONValue.parse(FormFields.decode(text.replacing("+", with: "%2B"))),
      json["method"]?.string == "POST", let headers = json["headers"]?.array
    else { return nil }
    let fields = Dictionary(
      headers.map { ($0["key"]?.string?.lowercased() ?? "", $0["value"]?.string ?? "") }
    ) { first, _ in first }
    guard fields["x-goog-cloud-target-resource"] == audience,
      let authorization = fields["authorization"],
      authorization.hasPrefix("AWS4-HMAC-SHA256 Credential="), authorization.contains("Signature=")
    else { return nil }
    return authorization.dropFirst(28).split(separator: "/").first.map(String.init)
  }

  /// `POST …/serviceAccounts/NAME:generateAccessToken`.
  func impersonate(_ path: String, _ request: Request, _ body: String) -> Response {
    let name = String(path.dropFirst(Self.accountsPrefix.count).prefix { $0 != ":" })
    guard let bearer = Self.bearer(request), let caller = issued(bearer) else {
      return GoogleRefusal(
        code: 401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials."
      ).response
    }
    guard path.hasSuffix(":generateAccessToken"),
      caller.scopes.contains(Self.cloudPlatform) || caller.scopes == ["openid"],
      !state.withLock({ $0.denied.contains(name) })
    else {
      return GoogleRefusal(
        code: 403,
        "PERMISSION_DENIED",
        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
      ).response
    }
    let json = try? JSONValue.parse(body)
    guard let scopes = json?["scope"]?.array?.compactMap(\.string), !scopes.isEmpty,
      let lifetime = json?["lifetime"]?.string, lifetime.hasSuffix("s"),
      let seconds = Int(lifetime.dropLast()), (1...43_200).contains(seconds)
    else {
      return GoogleRefusal(code: 400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
        .response
    }
    let issued = issue(name, scopes: scopes)
    let expiry = clock.now.addingTimeInterval(Double(issued.life))
    return .json([
      "accessToken": .string(issued.token),
      "expireTime": .string(expiry.ISO8601Format()),
    ])
  }

  /// The metadata server.
  func metadata(_ request: Request) -> Response {
    guard let field = Self.metadataFlavor, request.headers[field] == "Google" else {
      return .text("missing Metadata-Flavor\n", type: "text/plain", status: .forbidden)
    }
    guard request.uri.path == "\(Self.metadataPrefix)instance/service-accounts/default/token" else {
      return .nothingHere
    }
    let scopes = request.queryFields["scopes"]?.split(separator: ",").map(String.init) ?? []
    let issued = issue("machine@developer.gserviceaccount.com", scopes: scopes)
    return .json(
      [
        "access_token": .string(issued.token), "expires_in": .int(issued.life),
        "token_type": "Bearer",
      ],
      headers: [("Metadata-Flavor", "Google")]
    )
  }
}
