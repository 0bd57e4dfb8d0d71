// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import HTTPTypes
import OAuth
import ReadyCredential

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A workload of AWS: a signed request of STS says who it is, and Google sends it there
/// (cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds).
struct AWSSubject: Sendable {
  let effects: CloudEffects
  let origin: Origin

  /// The subject token; throws `.configuration` where keys or region cannot be found.
  func token(_ source: AWSSource, _ account: ExternalAccount) async throws(CloudError) -> Secret {
    let metadata = AWSMetadata(source: source, effects: effects, origin: origin)
    try metadata.checkAddresses()
    let region = try await region(metadata)
    let credentials = try await credentials(metadata)
    guard let time = CivilTime(unixSeconds: Int64(effects.now().timeIntervalSince1970)) else {
      throw origin.wrong("this machine's clock is not set")
    }
    let url = source.verificationURL.replacing("{region}", with: region)
    let request = try Self.request(
      url,
      audience: account.audience,
      region: region,
      time: time,
      credentials,
      origin
    )
    return Self.subjectToken(request)
  }

  private func region(_ metadata: AWSMetadata) async throws(CloudError) -> String {
    let variables = effects.environment
    let named = variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"]
    let region = if let named { named } else { try await metadata.region() }
    guard STSEndpoint(region: region) != nil else {
      throw origin.wrong("\"\(Text.line(region, limit: 60))\" is no region of AWS")
    }
    return region
  }

  private func credentials(_ metadata: AWSMetadata) async throws(CloudError) -> AWSCredentials {
    let variables = effects.environment
    guard let id = variables["AWS_ACCESS_KEY_ID"], let secret = variables["AWS_SECRET_ACCESS_KEY"]
    else { return try await metadata.credentials() }
    guard
      let credentials = AWSCredentials(
        accessKeyID: id,
        secretAccessKey: secret,
        sessionToken: variables["AWS_SESSION_TOKEN"]
      )
    else { throw origin.wrong("the keys of AWS in the environment have odd characters") }
    return credentials
  }

  /// A request for Google to send, as JSON has it.
  struct Request: Encodable, Equatable {
    /// A header field.
    struct Field: Encodable, Equatable {
      let key: String
      let value: String
    }

    let headers: [Field]
    let method: String
    let url: String
  }

  /// A signed request for the caller's identity.
  ///
  /// The audience stands in a header that is not signed, as in google-auth for Python; throws `.configuration` for an
  /// address that is not AWS's.
  static func request(
    _ url: String,
    audience: String,
    region: String,
    time: CivilTime,
    _ credentials: AWSCredentials,
    _ origin: Origin
  ) throws(CloudError) -> Request {
    guard let address = try? WebAddress(url), isAmazons(address, region: region) else {
      throw origin.wrong(
        "its regional_cred_verification_url is not https://sts.{region}.amazonaws.com?\(question)"
      )
    }
    var fields = [("host", address.host), ("x-amz-date", time.basic)]
    if let token = credentials.sessionToken {
      fields.append(("x-amz-security-token", token.expose()))
    }
    let names = fields.map(\.0).joined(separator: ";")
    let lines = fields.map { "\($0.0):\($0.1)\n" }.joined()
    let scope = SignatureV4.Scope(time: time, region: region, service: "sts")
    let signature = SignatureV4(
      canonicalRequest:
        "POST\n/\n\(question)\n\(lines)\n\(names)\n\(HexDigits.text(SHA256.hash([])))",
      scope: scope,
      secret: credentials.secretAccessKey
    )
    let authorization =
      "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(time.basicDay)/\(region)/sts/aws4_request, "
      + "SignedHeaders=\(names), Signature=\(signature.hex)"
    fields = [("Authorization", authorization)] + fields
    fields.append(("x-goog-cloud-target-resource", audience))
    return Request(
      headers: fields.map { Request.Field(key: $0.0, value: $0.1) },
      method: "POST",
      url: url
    )
  }

  /// The one question that is signed, in the order of a canonical request.
  private static let question = "Action=GetCallerIdentity&Version=2011-06-15"

  /// Whether an address is that question to the STS of the region, or of the region's part of AWS: anything else that
  /// is signed may do what the keys may.
  private static func isAmazons(_ address: WebAddress, region: String) -> Bool {
    guard address.isHTTPS, address.port == nil, address.query == question,
      address.path.isEmpty || address.path == "/"
    else { return false }
    let suffix = AWSPartition(region: region).suffix
    return ["sts.\(region).\(suffix)", "sts.\(suffix)"].contains(address.host.lowercased())
  }

  /// The request as the Security Token Service wants it: JSON, percent-encoded but for slashes.
  static func subjectToken(_ request: Request) -> Secret {
    Secret(PercentEncoding.encode(TokenCall.json(request), leaving: UInt8(ascii: "/")))
  }
}
