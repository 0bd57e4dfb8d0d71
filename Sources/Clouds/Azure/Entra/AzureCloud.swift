// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

/// One of Microsoft's clouds, each with an Entra ID of its own.
///
/// Source: Microsoft identity platform, "National clouds"; the names are those of `az cloud list`, of go-autorest and of
/// Azure/kubelogin's `--environment`, in any case of letters.
package enum AzureCloud: String, Sendable, Equatable, CaseIterable {
  /// The world's.
  case global
  /// The government's of the United States.
  case usGovernment
  /// China's, run by 21Vianet.
  case china

  /// Where its Entra ID logs people in: `https://HOST`.
  package var authorityHost: String {
    switch self {
    case .global: "https://login.microsoftonline.com"
    case .usGovernment: "https://login.microsoftonline.us"
    case .china: "https://login.chinacloudapi.cn"
    }
  }

  /// The hosts of its Entra ID, as accounts in the Azure CLI's cache name them.
  package var loginHosts: [String] {
    switch self {
    case .global:
      ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]
    case .usGovernment: ["login.microsoftonline.us", "login.usgovcloudapi.net"]
    case .china: ["login.chinacloudapi.cn", "login.partner.microsoftonline.cn"]
    }
  }

  /// What `--environment` and the Azure CLI call it.
  package var names: [String] {
    switch self {
    case .global: ["AzurePublicCloud", "AzureCloud", "AzurePublic"]
    case .usGovernment: ["AzureUSGovernmentCloud", "AzureUSGovernment"]
    case .china: ["AzureChinaCloud"]
    }
  }

  /// The cloud of that name; nil for any other, because a token of another cloud would be a puzzle.
  package init?(named name: String) {
    let wanted = name.lowercased()
    guard
      let cloud = Self.allCases.first(where: { $0.names.contains { $0.lowercased() == wanted } })
    else { return nil }
    self = cloud
  }

  /// The cloud that a login host belongs to; nil for a host of nobody's.
  package init?(loginHost host: String) {
    guard let cloud = Self.allCases.first(where: { $0.loginHosts.contains(host.lowercased()) })
    else { return nil }
    self = cloud
  }

  /// The name of an Azure Stack, whose endpoints are in a file.
  package static let stackName = "AzureStackCloud"

  /// What there is to say about a name that nobody knows.
  package static func unknown(_ name: String) -> CloudError {
    let known = allCases.flatMap(\.names) + [stackName]
    return CloudError(
      .configuration,
      "there is no Azure cloud \"\(Text.line(name))\"",
      remedy: "give one of \(known.joined(separator: ", ")) as --environment"
    )
  }
}
