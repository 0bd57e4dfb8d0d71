// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What an EKS cluster does with a token: the checks of aws-iam-authenticator, and then those of STS.
///
/// Source: `pkg/token/token.go` (`Verify`). Instead of sending the request to STS, the lab checks its signature itself.
struct AWSTokenCheck {
  private static let prefix = "k8s-aws-v1."
  private static let maximumLength = 4096
  private static let names: Set = [
    "action", "version", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires",
    "x-amz-security-token", "x-amz-signature", "x-amz-signedheaders",
  ]
  private static let hosts: Set = [
    "sts.amazonaws.com", "sts.\(AWSCloud.region).amazonaws.com",
    "sts-fips.\(AWSCloud.region).amazonaws.com", "sts.\(AWSCloud.region).api.aws",
    "sts-fips.\(AWSCloud.region).api.aws",
  ]

  let cloud: AWSCloud

  /// Whose token it is (the ARN); nil for one that is not good.
  func user(_ token: String) -> String? {
    guard token.utf8.count <= Self.maximumLength, token.hasPrefix(Self.prefix),
      let url = Base64Text.decodeURL(token.dropFirst(Self.prefix.count)),
      url.hasPrefix("https://"), let slash = url.dropFirst(8).firstIndex(of: "/")
    else { return nil }
    let host = String(url.dropFirst(8)[..<slash])
    let rest = url[slash...]
    guard Self.hosts.contains(host), rest.hasPrefix("/?") else { return nil }
    let pairs = rest.dropFirst(2).split(separator: "&").map(String.init)
    guard let values = values(pairs), values["action"] == "GetCallerIdentity",
      values["x-amz-algorithm"] == "AWS4-HMAC-SHA256",
      values["x-amz-signedheaders"]?.split(separator: ";").contains("x-k8s-aws-id") == true,
      let expires = values["x-amz-expires"].flatMap({ Int($0) }), (0...900).contains(expires),
      let time = values["x-amz-date"], isRecent(time)
    else { return nil }
    return signer(host: host, pairs: pairs, values: values, time: time)
  }

  /// The parameters by lower-case name, decoded; nil for an unknown name or one that stands there twice.
  private func values(_ pairs: [String]) -> [String: String]? {
    var values: [String: String] = [:]
    for pair in pairs {
      let field = FormFields(decoding: pair)
      guard let name = pair.split(separator: "=").first?.lowercased(), Self.names.contains(name),
        values[name] == nil, let value = field.values(String(pair.prefix { $0 != "=" })).first
      else { return nil }
      values[name] = value
    }
    return values
  }

  /// Not older than 15 minutes, and not more than 5 ahead, which is as far as STS goes.
  private func isRecent(_ time: String) -> Bool {
    let digits = Array(time.utf8)
    guard digits.count == 16, digits[8] == UInt8(ascii: "T"), digits[15] == UInt8(ascii: "Z"),
      let date = try? Date(Self.extended(time), strategy: .iso8601)
    else { return false }
    let age = cloud.clock.now.timeIntervalSince(date)
    return age <= 15 * 60 && age >= -5 * 60
  }

  private static func extended(_ time: String) -> String {
    let text = Array(time)
    return String(text[0..<4]) + "-" + String(text[4..<6]) + "-" + String(text[6..<11]) + ":"
      + String(text[11..<13]) + ":" + String(text[13...])
  }

  /// The check that STS does once the cluster has put its own id into the header.
  private func signer(
    host: String,
    pairs: [String],
    values: [String: String],
    time: String
  ) -> String? {
    guard let credential = values["x-amz-credential"], let names = values["x-amz-signedheaders"],
      let keys = AWSSignatureCheck(cloud: cloud).keys(
        credential,
        token: values["x-amz-security-token"]
      )
    else { return nil }
    let signed = pairs.filter { !$0.hasPrefix("X-Amz-Signature=") }.sorted()
    let headers = ["host": host, "x-k8s-aws-id": AWSCloud.cluster]
    let lines = names.split(separator: ";").map { "\($0):\(headers[String($0)] ?? "")\n" }.joined()
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    let canonical = "GET\n/\n\(signed.joined(separator: "&"))\n\(lines)\n\(names)\n\(empty)"
    let signature = AWSSignatureCheck.signature(
      canonical,
      time: time,
      credential: credential,
      secret: keys.secret
    )
    return signature == values["x-amz-signature"] ? keys.arn : nil
  }
}

extension Authenticator {
  /// The same, which takes tokens of EKS too.
  func admitting(_ aws: AWSCloud?) -> Authenticator {
    guard let aws else { return self }
    var gate = self
    let others = outsider
    gate.outsider = { AWSTokenCheck(cloud: aws).user($0) ?? others($0) }
    return gate
  }
}
