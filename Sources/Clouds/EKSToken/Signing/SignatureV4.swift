// SPDX-License-Identifier: Apache-2.0

package import ReadyCredential

/// A signature of AWS, version 4, over one request.
///
/// Source: "Signature Version 4 for API requests" in the AWS Identity and Access Management User Guide.
package struct SignatureV4: Sendable {
  /// The hash of no body at all.
  static let emptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  /// When, where and for which service it is made.
  package struct Scope: Sendable {
    /// The moment of the signature.
    package let time: CivilTime
    /// The signing region.
    package let region: String
    /// The service as signatures name it: `sts`.
    package let service: String

    /// Puts a scope together; nil for a clock (seconds since 1970) outside the years 1 to 9999.
    package init?(at seconds: Int64, region: String, service: String) {
      guard let time = CivilTime(unixSeconds: seconds) else { return nil }
      self.init(time: time, region: region, service: service)
    }

    /// Puts a scope together.
    package init(time: CivilTime, region: String, service: String) {
      self.time = time
      self.region = region
      self.service = service
    }

    /// `20240102/us-west-2/sts/aws4_request`.
    var text: String { "\(time.basicDay)/\(region)/\(service)/aws4_request" }
  }

  /// What is hashed and signed: method, path, query, headers and the body's hash, each in a line.
  package let canonicalRequest: String
  /// What the key signs.
  package let stringToSign: String
  /// The signature, lower-case hexadecimal.
  package let hex: String

  /// Signs a canonical request.
  package init(canonicalRequest: String, scope: Scope, secret: HiddenText) {
    self.canonicalRequest = canonicalRequest
    let digest = HexDigits.text(SHA256.hash(canonicalRequest.utf8))
    stringToSign = "AWS4-HMAC-SHA256\n\(scope.time.basic)\n\(scope.text)\n\(digest)"
    hex = HexDigits.text(
      HMAC.sha256(key: Self.signingKey(scope, secret: secret), stringToSign.utf8)
    )
  }

  /// The key of one day, region and service, 32 bytes.
  package static func signingKey(_ scope: Scope, secret: HiddenText) -> [UInt8] {
    var key = Array("AWS4".utf8) + Array(secret.expose().utf8)
    for part in [scope.time.basicDay, scope.region, scope.service, "aws4_request"] {
      key = HMAC.sha256(key: key, part.utf8)
    }
    return key
  }

  /// The headers that sign a form sent by POST, by their lower-case names, the `host` header aside.
  ///
  /// `content-type`, `x-amz-date`, with temporary credentials `x-amz-security-token`, and `authorization`.
  package static func formHeaders(
    host: String,
    path: String = "/",
    body: [UInt8],
    scope: Scope,
    credentials: AWSCredentials
  ) -> [(name: String, value: HiddenText)] {
    var headers = [
      ("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("host", host),
      ("x-amz-date", scope.time.basic),
    ]
    if let token = credentials.sessionToken {
      headers.append(("x-amz-security-token", token.expose()))
    }
    let names = headers.map(\.0).joined(separator: ";")
    let lines = headers.map { "\($0.0):\($0.1)\n" }.joined()
    let signature = SignatureV4(
      canonicalRequest: "POST\n\(path)\n\n\(lines)\n\(names)\n\(HexDigits.text(SHA256.hash(body)))",
      scope: scope,
      secret: credentials.secretAccessKey
    )
    headers.append(
      (
        "authorization",
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope.text), "
          + "SignedHeaders=\(names), Signature=\(signature.hex)"
      )
    )
    return headers.filter { $0.0 != "host" }.map { ($0.0, HiddenText($0.1)) }
  }
}
