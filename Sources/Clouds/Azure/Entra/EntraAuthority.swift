// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

/// An Entra ID and one of its tenants: where tokens are asked for.
package struct EntraAuthority: Sendable, Equatable {
  /// `https://HOST`, without a slash at its end.
  package let host: String
  /// The tenant: a GUID, a domain name, `common`, `organizations` or `consumers`.
  package let tenant: String

  /// An authority of a host that ``AuthorityHost`` has checked; throws `configuration` for a text that is no tenant.
  package init(host: AuthorityHost, tenant: String) throws(CloudError) {
    guard Self.isTenant(tenant) else {
      throw CloudError(
        .configuration,
        "\"\(Text.line(tenant, limit: 60))\" is no tenant",
        remedy: "give the tenant's GUID or domain name as --tenant-id"
      )
    }
    guard tenant.lowercased() != "adfs" else { throw Self.unsupported("AD FS") }
    self.host = host.text
    self.tenant = tenant
  }

  /// The issuer of version 2, as `get-token oidc` would name it.
  package var issuer: String { "\(host)/\(tenant)/v2.0" }

  /// The token endpoint of version 2.
  package var tokenEndpoint: String { "\(host)/\(tenant)/oauth2/v2.0/token" }

  /// What there is to say of an identity provider that is not Entra ID.
  static func unsupported(_ kind: String) -> CloudError {
    CloudError(
      .configuration,
      "\(kind) is not supported: only Entra ID's endpoints of version 2 are",
      remedy: "use Azure/kubelogin for such a cluster"
    )
  }

  /// Letters, digits, dots and hyphens, as domain names and GUIDs have them: anything else would change the URL.
  private static func isTenant(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 253 && !text.hasPrefix(".")
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
      }
  }
}

/// The host of an Entra ID, and whether secrets may be sent to it.
package struct AuthorityHost: Sendable, Equatable {
  /// `https://HOST[:PORT]`, or `http://` on loopback, with a path if it has one, without a slash at its end.
  package let text: String
  /// The cloud that the host is of; nil for any other.
  package let cloud: AzureCloud?
  /// Whether it is this machine.
  package let isLoopback: Bool

  /// The host of a cloud.
  package init(_ cloud: AzureCloud) {
    text = cloud.authorityHost
    self.cloud = cloud
    isLoopback = false
  }

  /// A host that options, variables or an environment file name.
  ///
  /// Throws `configuration` unless it is https, or http on loopback, without query and fragment.
  package init(_ text: String, named option: String) throws(CloudError) {
    let address: WebAddress
    do {
      address = try WebAddress(text)
    } catch {
      throw Self.refusal(text, option, error.reason)
    }
    guard address.isHTTPS || address.isLoopback else {
      throw Self.refusal(text, option, "it is http, which only a loopback host may be")
    }
    guard address.query == nil else { throw Self.refusal(text, option, "it has a query") }
    try Self.checkKind(address.path)
    self.text = text.hasSuffix("/") ? String(text.dropLast()) : text
    isLoopback = address.isLoopback
    cloud = address.isHTTPS && address.port == nil ? AzureCloud(loginHost: address.host) : nil
  }

  /// Refuses a host that a kubeconfig could have made up, unless the user's own configuration allows it: this machine's
  /// ports too, because any program of any user can listen on one.
  ///
  /// Throws `configuration`.
  package func check(_ effects: CloudEffects) throws(CloudError) {
    guard cloud == nil, !effects.allows(.azureOtherHosts) else { return }
    throw CloudError(
      .configuration,
      "\(text) is the Entra ID of no cloud that is known, and nothing secret is sent there",
      remedy:
        "if it is yours, \(CloudPermission.azureOtherHosts.leave)"
    )
  }

  /// The authorities of AD FS and dSTS have paths of their own, and no endpoints of version 2 (MSAL, `authority.go`).
  private static func checkKind(_ path: String) throws(CloudError) {
    let first = path.split(separator: "/").first?.lowercased() ?? ""
    guard first == "adfs" || first == "dstsv2" else { return }
    throw EntraAuthority.unsupported(first == "adfs" ? "AD FS" : "dSTS")
  }

  private static func refusal(_ text: String, _ option: String, _ reason: String) -> CloudError {
    CloudError(
      .configuration,
      "\(option) is no address of an Entra ID, \"\(Text.line(text))\": \(reason)",
      remedy: "give it as https://login.microsoftonline.com/"
    )
  }
}
