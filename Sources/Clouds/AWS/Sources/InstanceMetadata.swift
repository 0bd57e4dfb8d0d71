// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import HTTPTypes
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The metadata service of an EC2 instance (IMDS): version 2, and version 1 where the service knows no other.
///
/// Source: botocore's `IMDSFetcher`; "Use IMDSv2" in the EC2 user guide.
struct InstanceMetadata: Sendable {
  private static let tokenHeader = "x-aws-ec2-metadata-token"
  private static let lifeHeader = "x-aws-ec2-metadata-token-ttl-seconds"
  private static let rolePath = "/latest/meta-data/iam/security-credentials/"
  private static let zonePath = "/latest/meta-data/placement/availability-zone/"
  private static let limit = 64 * 1024

  let context: AWSContext

  /// The credentials of the instance's role; nil where there is no such service or no role.
  ///
  /// Credentials whose end has passed are given without one, with a warning: AWS lets them be used while the service
  /// has no others ("static stability"). Throws ``CloudError/Code/configuration`` for settings that cannot be used.
  func credentials() async throws(CloudError) -> AWSCredentials? {
    guard let base = try base() else { return nil }
    guard let headers = try await session(base),
      let names = await text(base + Self.rolePath, headers),
      let role = names.split(whereSeparator: \.isNewline).first, Self.isRoleName(role),
      let document = await text(base + Self.rolePath + role, headers),
      let json = try? StrictJSON(parsing: document.utf8),
      let found = MetadataCredentials.credentials(json, token: "Token")
    else { return nil }
    guard let end = found.expiration, Double(end) <= context.effects.now().timeIntervalSince1970
    else { return found }
    context.effects.tell(
      "the instance metadata service gives credentials that have ended; they are used all the same"
    )
    return AWSCredentials(
      accessKeyID: found.accessKeyID,
      secretAccessKey: found.secretAccessKey.expose(),
      sessionToken: found.sessionToken?.expose()
    )
  }

  /// The region of the instance; nil where there is no such service.
  func region() async throws(CloudError) -> String? {
    guard let base = try base(), let headers = try await session(base),
      let zone = await text(base + Self.zonePath, headers)
    else { return nil }
    let region = TokenFile.trimmed(zone).dropLast()
    return STSEndpoint(region: String(region)) == nil ? nil : String(region)
  }

  // MARK: settings

  private var profile: AWSProfile? { context.configuration.profile(context.profileName) }

  private func setting(_ variable: String, _ key: String) -> String? {
    context.environment.variable(variable) ?? profile?[key]
  }

  /// The service's URL without a slash at its end; nil if it is switched off.
  private func base() throws(CloudError) -> String? {
    if context.environment.isTrue(context.environment.variable("AWS_EC2_METADATA_DISABLED")) {
      return nil
    }
    let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    guard let text = setting(name, "ec2_metadata_service_endpoint") else {
      let mode = setting(name + "_MODE", "ec2_metadata_service_endpoint_mode") ?? "ipv4"
      return mode.lowercased() == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }
    let address = try AWSAddress.parsed(text, named: name)
    let isNear =
      address.isLoopback || Self.isLinkLocal(address.host) || address.host == "fd00:ec2::254"
    guard isNear || (address.isHTTPS && context.effects.allows(.awsOtherHosts)) else {
      throw CloudError(
        .configuration,
        "\(name) names \(address.host), which is neither this machine nor a link-local address",
        remedy:
          "unset it, or allow \(CloudPermission.awsOtherHosts.rawValue) in lanyard's own configuration and use https"
      )
    }
    return address.text.hasSuffix("/") ? String(address.text.dropLast()) : address.text
  }

  private static func isLinkLocal(_ host: String) -> Bool {
    let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return octets.count == 4 && !octets.contains(nil) && octets[0] == 169 && octets[1] == 254
  }

  private var timeout: Double {
    let text = setting("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout")
    return text.flatMap { Double($0) }.map { min(max($0, 0.1), 60) } ?? 1
  }

  private var attempts: Int {
    let text = setting("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts")
    return text.flatMap { Int($0) }.map { min(max($0, 1), 10) } ?? 1
  }

  // MARK: requests

  /// The headers of requests: with the token of version 2; without where only version 1 is known; nil if nobody
  /// answers.
  private func session(_ base: String) async throws(CloudError) -> HTTPFields? {
    var headers = HTTPFields()
    if let name = HTTPField.Name(Self.lifeHeader) { headers[name] = "21600" }
    let call = HTTPCall(method: .put, url: base + "/latest/api/token", headers: headers)
    let answer: HTTPAnswer
    do {
      answer = try await sent(call)
    } catch {
      // A hop limit of 1 swallows the answer on its way into a container; version 1 has none.
      guard case .noAnswer = error else { return nil }
      return try withoutToken()
    }
    switch answer.status {
    case 200:
      guard let token = String(validating: answer.body.prefix(1024), as: UTF8.self),
        let name = HTTPField.Name(Self.tokenHeader), HTTPField.isValidValue(token)
      else { return nil }
      return HTTPFields([HTTPField(name: name, value: token)])
    case 403, 404, 405: return try withoutToken()
    default: return nil
    }
  }

  private func withoutToken() throws(CloudError) -> HTTPFields {
    let off = setting("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled")
    guard context.environment.isTrue(off) else { return HTTPFields() }
    throw CloudError(
      .configuration,
      "the instance metadata service gives no token, and version 1 of it is switched off",
      remedy: "raise the instance's hop limit to 2, or unset AWS_EC2_METADATA_V1_DISABLED"
    )
  }

  private func text(_ url: String, _ headers: HTTPFields) async -> String? {
    guard let answer = try? await sent(HTTPCall(method: .get, url: url, headers: headers)),
      answer.status == 200, answer.body.count <= Self.limit
    else { return nil }
    return String(validating: answer.body, as: UTF8.self)
  }

  private func sent(_ call: HTTPCall) async throws(TransportFailure) -> HTTPAnswer {
    for _ in 1..<attempts {
      if let answer = try? await context.effects.sendDirect(timeout, call), answer.status < 500 {
        return answer
      }
    }
    return try await context.effects.sendDirect(timeout, call)
  }

  /// Characters of role names (IAM user guide, "IAM and AWS STS quotas"); it becomes part of a URL.
  private static func isRoleName(_ name: Substring) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || "0123456789_+=,.@-".unicodeScalars.contains($0))
      }
  }
}
