// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import OAuth

extension STSService {
  /// The service for a region, at its own host or at the one that the configuration puts in its place.
  ///
  /// Requests carry session tokens and web identities, and a kubeconfig can set `AWS_ENDPOINT_URL_STS`. So the host has
  /// to be one of STS's own (a VPC endpoint of it is), unless the user's own configuration allows others: who listens
  /// on a port of this machine may be anybody.
  /// Throws ``CloudError/Code/configuration`` otherwise.
  init(
    at endpoint: STSEndpoint,
    configured: String?,
    effects: CloudEffects
  ) throws(CloudError) {
    self.effects = effects
    signingRegion = endpoint.signingRegion
    guard let configured else {
      url = "https://\(endpoint.host)/"
      host = endpoint.host
      path = "/"
      realm = "aws"
      return
    }
    let address = try Self.checked(configured, effects)
    path = address.path.isEmpty ? "/" : address.path
    url = address.path.isEmpty ? address.text + "/" : address.text
    host = AWSAddress.hostField(address)
    realm = address.text
  }

  /// A URL that may be sent secrets: https at a host of STS's, or what the user's own configuration allows.
  private static func checked(
    _ text: String,
    _ effects: CloudEffects
  ) throws(CloudError) -> WebAddress {
    let name = "the endpoint URL for STS"
    let address = try AWSAddress.parsed(text, named: name)
    guard address.isHTTPS || address.isLoopback else {
      throw CloudError(
        .configuration,
        "\(name) is http, which only a loopback address may be: \(Text.line(address.host))",
        remedy: "give an https URL"
      )
    }
    guard address.query == nil else {
      throw CloudError(.configuration, "\(name) has a query", remedy: "give it without one")
    }
    guard isOwn(address) || effects.allows(.awsOtherHosts) else {
      throw CloudError(
        .configuration,
        "\(name) would send AWS credentials to \(Text.line(address.host + address.path)), which is no host of STS",
        remedy:
          "unset it, or \(CloudPermission.awsOtherHosts.leave)"
      )
    }
    return address
  }

  /// STS has one path, and no port of its own.
  private static func isOwn(_ address: WebAddress) -> Bool {
    STSEndpoint.isHost(address.host) && ["", "/"].contains(address.path)
      && [nil, 443].contains(address.port)
  }
}

/// URLs that variables and profiles name.
enum AWSAddress {
  /// A URL of any kind.
  static func parsed(_ text: String, named name: String) throws(CloudError) -> WebAddress {
    do {
      return try WebAddress(text)
    } catch {
      throw CloudError(
        .configuration,
        "\(name) is not a URL: \(error.reason)",
        remedy: "correct it, or unset it"
      )
    }
  }

  /// What the `Host` field says for an address: the port only where it is not the scheme's own.
  static func hostField(_ address: WebAddress) -> String {
    let host = address.host.contains(":") ? "[\(address.host)]" : address.host
    guard let port = address.port, port != (address.isHTTPS ? 443 : 80) else { return host }
    return "\(host):\(port)"
  }
}
