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

  /// How requests are sent, and whether something has shown that there is such a service.
  ///
  /// Nobody answers at the address where there is none, and then there are no credentials. A service that has given a
  /// token, or that the configuration names, is one that fails: what was printed before serves on meanwhile.
  private struct Session {
    var headers = HTTPFields()
    var isProven: Bool
  }

  /// The credentials of the instance's role; nil where there is no such service or no role.
  ///
  /// Credentials whose end has passed are given without one, with a warning: AWS lets them be used while the service
  /// has no others ("static stability"). Throws ``CloudError/Code/configuration`` for settings that cannot be used,
  /// ``CloudError/Code/temporary`` for a service that is there and fails, ``CloudError/Code/refused`` for an instance
  /// that may not have its role.
  func credentials() async throws(CloudError) -> AWSCredentials? {
    guard let base = try base(), let session = try await session(base),
      let names = try await text(base + Self.rolePath, session),
      let role = names.split(whereSeparator: \.isNewline).first
    else { return nil }
    guard Self.isRoleName(role) else { return try nothing(session, "names no role") }
    guard let document = try await text(base + Self.rolePath + role, session) else {
      return try nothing(session, "has no credentials of the role that it names")
    }
    guard let found = try credentials(in: document, session) else { return nil }
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

  private func credentials(
    in document: String,
    _ session: Session
  ) throws(CloudError) -> AWSCredentials? {
    let json = try? StrictJSON(parsing: document.utf8)
    if let code = json?["Code"]?.string, code != "Success" {
      throw CloudError(
        .refused,
        "the instance metadata service gives no credentials: \(Text.line(code, limit: 80))",
        remedy: "check the role of the instance's profile and whom it trusts"
      )
    }
    guard let json, let found = MetadataCredentials.credentials(json, token: "Token") else {
      return try nothing(session, "answers with something other than credentials")
    }
    return found
  }

  /// The region of the instance; nil where there is no such service.
  ///
  /// Throws what ``credentials()`` throws.
  func region() async throws(CloudError) -> String? {
    guard let base = try base(), let session = try await session(base),
      let zone = try await text(base + Self.zonePath, session)
    else { return nil }
    let region = String(TokenFile.trimmed(zone).dropLast())
    guard STSEndpoint(region: region) != nil else { return try nothing(session, "names no region") }
    return region
  }

  /// What tells this service from others; texts of a kept identity.
  func identity() throws(CloudError) -> [String] { [try base() ?? ""] }

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
      address.isLoopback || address.isLinkLocal || address.host == "fd00:ec2::254"
    guard isNear || (address.isHTTPS && context.effects.allows(.awsOtherHosts)) else {
      throw CloudError(
        .configuration,
        "\(name) names \(address.host), which is neither this machine nor a link-local address",
        remedy:
          "unset it, or use https and \(CloudPermission.awsOtherHosts.leave)"
      )
    }
    return address.text.hasSuffix("/") ? String(address.text.dropLast()) : address.text
  }

  private var timeout: Double {
    let text = setting("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout")
    return text.flatMap { Double($0) }.map { min(max($0, 0.1), 60) } ?? 1
  }

  private var attempts: Int {
    let text = setting("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts")
    return text.flatMap { Int($0) }.map { min(max($0, 1), 10) } ?? 1
  }

  private var isNamed: Bool {
    setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint") != nil
  }

  // MARK: requests

  /// With the token of version 2, or without where only version 1 is known; nil if nobody is there.
  private func session(_ base: String) async throws(CloudError) -> Session? {
    var headers = HTTPFields()
    if let name = HTTPField.Name(Self.lifeHeader) { headers[name] = "21600" }
    let call = HTTPCall(method: .put, url: base + "/latest/api/token", headers: headers)
    let answer: HTTPAnswer
    do {
      answer = try await sent(call)
    } catch {
      // A hop limit of 1 swallows the answer on its way into a container; version 1 has none.
      guard case .noAnswer = error else { return nil }
      return try withoutToken(isProven: isNamed)
    }
    switch answer.status {
    case 200:
      let token = String(validating: answer.body.prefix(1024), as: UTF8.self)
      guard let token, let name = HTTPField.Name(Self.tokenHeader), HTTPField.isValidValue(token)
      else { return try nothing(Session(isProven: true), "gives a token that is none") }
      return Session(headers: HTTPFields([HTTPField(name: name, value: token)]), isProven: true)
    case 403, 404, 405: return try withoutToken(isProven: isNamed)
    case 500...: return try nothing(Session(isProven: true), "answers \(answer.status)")
    default: return try nothing(Session(isProven: isNamed), "answers \(answer.status)")
    }
  }

  private func withoutToken(isProven: Bool) throws(CloudError) -> Session {
    let off = setting("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled")
    guard context.environment.isTrue(off) else { return Session(isProven: isProven) }
    throw CloudError(
      .configuration,
      "the instance metadata service gives no token, and version 1 of it is switched off",
      remedy: "raise the instance's hop limit to 2, or unset AWS_EC2_METADATA_V1_DISABLED"
    )
  }

  /// What lies at a path; nil if nothing does, or if there may be no such service.
  private func text(_ url: String, _ session: Session) async throws(CloudError) -> String? {
    let answer: HTTPAnswer
    do {
      answer = try await sent(HTTPCall(method: .get, url: url, headers: session.headers))
    } catch {
      return try nothing(session, "does not answer", error)
    }
    switch answer.status {
    case 200:
      guard answer.body.count <= Self.limit,
        let text = String(validating: answer.body, as: UTF8.self)
      else { return try nothing(session, "answers with something other than text") }
      return text
    case 404: return nil
    case 401 where session.headers.isEmpty:
      throw CloudError(
        .configuration,
        "the instance metadata service wants a token, and gives none here",
        remedy: "raise the instance's hop limit to 2"
      )
    default: return try nothing(session, "answers \(answer.status)")
    }
  }

  /// Nil where there may be no such service; else it is one that fails.
  private func nothing<Value>(
    _ session: Session,
    _ what: String,
    _ cause: TransportFailure? = nil
  ) throws(CloudError) -> Value? {
    guard session.isProven else { return nil }
    throw CloudError(
      .temporary,
      "the instance metadata service \(what)",
      remedy: "try again in a moment",
      cause: cause
    )
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
