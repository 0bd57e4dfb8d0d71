// SPDX-License-Identifier: Apache-2.0

import Crypto
import HTTPTypes
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Checks signatures (version 4) against the keys that the lab gave out.
struct AWSSignatureCheck {
  let cloud: AWSCloud

  /// What is wrong with a request that is signed in its headers; nil if nothing is.
  func fault(of request: Request, body: String) -> AWSRefusalAnswer? {
    guard let header = request.headers[.authorization],
      header.hasPrefix("AWS4-HMAC-SHA256 "), let time = field("x-amz-date", request)
    else { return refusal("MissingAuthenticationToken", "Request is missing Authentication Token") }
    var parts: [String: String] = [:]
    for part in header.dropFirst("AWS4-HMAC-SHA256 ".count).split(separator: ",") {
      let halves = part.split(separator: "=", maxSplits: 1)
      if halves.count == 2 {
        parts[halves[0].trimmingPrefix { $0 == " " }.description] = String(halves[1])
      }
    }
    guard let credential = parts["Credential"], let names = parts["SignedHeaders"],
      let signature = parts["Signature"]
    else { return refusal("IncompleteSignature", "the Authorization field is incomplete") }
    guard let keys = keys(credential, token: field("x-amz-security-token", request)) else {
      return refusal(
        "InvalidClientTokenId",
        "The security token included in the request is invalid"
      )
    }
    let needed: Set = ["host", "x-amz-date"]
    let listed = names.split(separator: ";").map(String.init)
    let lines = listed.map { "\($0):\(field($0, request) ?? "")\n" }.joined()
    let canonical =
      "POST\n\(request.uri.path)\n\n\(lines)\n\(names)\n\(Self.hex(SHA256.hash(data: Data(body.utf8))))"
    guard needed.isSubset(of: listed),
      Self.signature(canonical, time: time, credential: credential, secret: keys.secret)
        == signature
    else {
      return refusal(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided."
      )
    }
    return nil
  }

  private func field(_ name: String, _ request: Request) -> String? {
    if name == "host" { return request.head.authority }
    return HTTPField.Name(name).flatMap { request.headers[$0] }
  }

  /// The keys of a credential scope; temporary ones come with their session token only.
  func keys(_ credential: String, token: String?) -> AWSCloud.Keys? {
    guard let id = credential.split(separator: "/").first, let keys = cloud.keys(String(id)),
      keys.sessionToken == token
    else { return nil }
    return keys
  }

  private func refusal(_ code: String, _ message: String) -> AWSRefusalAnswer {
    AWSRefusalAnswer(status: 403, code: code, message: message)
  }

  /// The signature of a canonical request; `credential` is access key, day, region, service and `aws4_request`.
  static func signature(
    _ canonical: String,
    time: String,
    credential: String,
    secret: String
  ) -> String {
    let scope = credential.split(separator: "/").dropFirst().map(String.init)
    let text =
      "AWS4-HMAC-SHA256\n\(time)\n\(scope.joined(separator: "/"))\n"
      + hex(SHA256.hash(data: Data(canonical.utf8)))
    var key = Data("AWS4\(secret)".utf8)
    for part in scope + [text] {
      let code = HMAC<SHA256>.authenticationCode(
        for: Data(part.utf8),
        using: SymmetricKey(data: key)
      )
      key = Data(code)
    }
    return hex(key)
  }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
