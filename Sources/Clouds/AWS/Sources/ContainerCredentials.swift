// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import HTTPTypes
import OAuth

/// Credentials of the service that a container has: ECS, and EKS Pod Identity.
///
/// Source: botocore's `ContainerProvider` and `ContainerMetadataFetcher`.
struct ContainerCredentials: Sendable {
  /// Where ECS has it, and where EKS Pod Identity has it.
  static let hosts = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
  private static let timeout = 2.0
  private static let attempts = 3
  private static let pause = 1.0
  private static let tokenLimit = 64 * 1024

  let context: AWSContext

  /// Asks the service that the environment names.
  func credentials() async throws(CloudError) -> AWSCredentials {
    let address = try address()
    var last: CloudError?
    for attempt in 1...Self.attempts {
      if attempt > 1 { try await rest() }
      // Read each time: the kubelet replaces the file.
      let call = HTTPCall(method: .get, url: address.text, headers: try headers(for: address))
      switch await outcome(call, address) {
      case .success(let credentials): return credentials
      case .failure(let error): last = error
      }
      context.effects.trace("the container's credentials service: \(last?.what ?? "")")
    }
    throw last ?? unreadable(address)
  }

  /// What tells this service, and whom it gives credentials to, from others; texts of a kept identity.
  ///
  /// A token that names its subject counts by that: the kubelet replaces it every hour, and the pod stays who it was.
  func identity() throws(CloudError) -> [String] {
    let place = try address().text
    let path = context.environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") ?? ""
    guard let token = try authorization()?.expose() else { return [place, path] }
    return [place, path] + WebIdentityToken.holder(of: token)
  }

  private func rest() async throws(CloudError) {
    do {
      try await context.effects.pause(Self.pause)
    } catch {
      throw CloudError(.failed, "interrupted", remedy: "try again", cause: error)
    }
  }

  /// The URL; http only on this machine or at the link-local addresses that AWS uses.
  private func address() throws(CloudError) -> WebAddress {
    let name = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    let relativeName = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    if let relative = context.environment.variable(relativeName) {
      // Without its slash it would go on with the host's name, or make a user name of it.
      guard relative.hasPrefix("/") else {
        throw CloudError(
          .configuration,
          "\(relativeName) does not begin with a slash",
          remedy: "unset it, or name a URL with AWS_CONTAINER_CREDENTIALS_FULL_URI"
        )
      }
      return try AWSAddress.parsed("http://\(Self.hosts[0])\(relative)", named: relativeName)
    }
    let address = try AWSAddress.parsed(context.environment.variable(name) ?? "", named: name)
    guard address.isHTTPS || isNear(address) else {
      throw CloudError(
        .configuration,
        "\(name) names \(address.host) by http, which only this machine and AWS's link-local addresses may be",
        remedy: "give an https URL"
      )
    }
    return address
  }

  private func isNear(_ address: WebAddress) -> Bool {
    address.isLoopback || Self.hosts.contains(address.host)
  }

  private func headers(for address: WebAddress) throws(CloudError) -> HTTPFields {
    var headers: HTTPFields = [.accept: "application/json"]
    guard let token = try authorization() else { return headers }
    // A variable holds nothing that its setter did not have, but a file may; and who listens here may be anybody.
    let isFile = context.environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") != nil
    let isFine = Self.hosts.contains(address.host) || address.isLoopback && !isFile
    guard isFine || context.effects.allows(.awsOtherHosts) else {
      throw CloudError(
        .configuration,
        "the container's authorization token would be sent to \(address.host), which is not AWS's",
        remedy:
          "if that is meant, \(CloudPermission.awsOtherHosts.leave)"
      )
    }
    headers[.authorization] = token.expose()
    return headers
  }

  /// The token as it is to be sent; the file wins over the variable.
  private func authorization() throws(CloudError) -> Secret? {
    let name = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    var token = context.environment.variable(name)
    if let path = context.environment.variable(name + "_FILE") {
      guard let bytes = try context.effects.readFile(path, Self.tokenLimit),
        let text = String(validating: bytes, as: UTF8.self)
      else {
        throw CloudError(
          .configuration,
          "the file of \(name)_FILE cannot be read: \(Text.line(path))",
          remedy: "check that the pod identity agent has put it there"
        )
      }
      token = TokenFile.trimmed(text)
    }
    guard let token else { return nil }
    guard !token.isEmpty, token.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw CloudError(
        .configuration,
        "the container's authorization token is empty or has characters that no header may have",
        remedy: "check \(name) and \(name)_FILE"
      )
    }
    return Secret(token)
  }

  private func outcome(
    _ call: HTTPCall,
    _ address: WebAddress
  ) async -> Result<AWSCredentials, CloudError> {
    let answer: HTTPAnswer
    do {
      answer = try await context.effects.sendDirect(Self.timeout, call)
    } catch {
      return .failure(
        CloudError(error, fetching: "the container's credentials", from: address.host)
      )
    }
    guard answer.status == 200 else {
      let code = (400..<500).contains(answer.status) ? CloudError.Code.refused : .temporary
      return .failure(
        CloudError(
          code,
          "the container's credentials service at \(address.host) answers \(answer.status)",
          remedy: "check the role that the task or the service account has"
        )
      )
    }
    guard let json = try? StrictJSON(parsing: answer.body),
      let credentials = MetadataCredentials.credentials(json, token: "Token")
    else { return .failure(unreadable(address)) }
    return .success(credentials)
  }

  private func unreadable(_ address: WebAddress) -> CloudError {
    CloudError(
      .temporary,
      "the container's credentials service at \(address.host) answers with something other than credentials",
      remedy: "check AWS_CONTAINER_CREDENTIALS_FULL_URI"
    )
  }
}

/// Text of a token file.
enum TokenFile {
  /// Without the white space around it: editors and `echo` leave a line break.
  static func trimmed(_ text: String) -> String {
    let isSpace = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}
