// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

/// The proxy of AKS identity bindings, which stands in the place of Entra ID for federated tokens inside a cluster.
///
/// Source: azidentity `internal/customtokenproxy`.
package struct TokenProxy: Sendable, Equatable {
  /// The variables that name it.
  package static let variables = [
    "AZURE_KUBERNETES_TOKEN_PROXY", "AZURE_KUBERNETES_SNI_NAME", "AZURE_KUBERNETES_CA_FILE",
    "AZURE_KUBERNETES_CA_DATA",
  ]

  /// `https://HOST[:PORT][/PATH]`, without a slash at its end; the host is the one that the certificate is for.
  let address: String
  /// Host and port as they are named, for the request's `Host`.
  let host: String
  /// What is trusted beside the system's authorities (PEM).
  let authorities: [UInt8]
  /// Where the host is, if its certificate is for another name.
  let addresses: [String: String]

  /// With whom connections to it are made.
  var trust: TransportTrust { TransportTrust(authorities: authorities, addresses: addresses) }

  private static let limit = 256 * 1024

  /// The proxy, for a workload's token; nil where none is named, and for what an application has of its own.
  static func named(
    _ proof: Application.Proof,
    _ effects: CloudEffects
  ) throws(CloudError) -> TokenProxy? {
    guard case .federated = proof else { return nil }
    return try named(effects)
  }

  /// The proxy that the variables name.
  ///
  /// Throws `configuration` for an address that is not https, two authorities, and without the user's leave: the
  /// variables can come from a kubeconfig, and the workload's token is sent there.
  package static func named(_ effects: CloudEffects) throws(CloudError) -> TokenProxy? {
    guard let text = effects.environment["AZURE_KUBERNETES_TOKEN_PROXY"] else { return nil }
    let address: WebAddress
    do {
      address = try WebAddress(text)
    } catch {
      throw refusal(error.reason)
    }
    guard address.isHTTPS || address.isLoopback, address.query == nil else {
      throw refusal("it is not https, or it has a query")
    }
    guard effects.allows(.azureOtherHosts) else {
      throw FederatedToken.elsewhere("the workload's token", address.host)
    }
    let name = effects.environment["AZURE_KUBERNETES_SNI_NAME"] ?? address.host
    let port = address.port.map { ":\($0)" } ?? ""
    let authority = "\(address.isHTTPS ? "https" : "http")://\(bracketed(name))\(port)"
    guard (try? WebAddress(authority))?.host == name else {
      throw refusal("AZURE_KUBERNETES_SNI_NAME is no host name")
    }
    let path = address.path.hasSuffix("/") ? String(address.path.dropLast()) : address.path
    return TokenProxy(
      address: authority + path,
      host: bracketed(address.host) + port,
      authorities: try authorities(effects),
      addresses: name == address.host ? [:] : [name: address.host]
    )
  }

  private static func bracketed(_ host: String) -> String {
    host.contains(":") ? "[\(host)]" : host
  }

  private static func authorities(_ effects: CloudEffects) throws(CloudError) -> [UInt8] {
    let data = effects.environment["AZURE_KUBERNETES_CA_DATA"]
    guard let path = effects.environment["AZURE_KUBERNETES_CA_FILE"] else {
      return data.map { Array($0.utf8) } ?? []
    }
    guard data == nil else { throw refusal("both its CA file and its CA data are given") }
    guard let bytes = try effects.readFile(path, limit), !bytes.isEmpty else {
      throw refusal("AZURE_KUBERNETES_CA_FILE cannot be read: \(path)")
    }
    return bytes
  }

  /// The address that a tenant's token endpoint has there: its path behind the proxy's.
  func endpoint(for authority: EntraAuthority) -> String {
    "\(address)/\(authority.tenant)/oauth2/v2.0/token"
  }

  private static func refusal(_ reason: String) -> CloudError {
    CloudError(
      .configuration,
      "AZURE_KUBERNETES_TOKEN_PROXY cannot be used: \(reason)",
      remedy: "leave these variables to AKS"
    )
  }
}
