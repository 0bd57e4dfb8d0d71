// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

/// The application that stands for API servers in Entra ID; access tokens are made for it.
package struct ServerApplication: Sendable, Equatable {
  /// That of every AKS cluster with Entra ID, in all clouds (learn.microsoft.com, "AKS-managed Microsoft Entra").
  package static let aks = "6dae42f8-4368-4678-94ff-3960e28e3630"
  /// That of clusters that are connected by Azure Arc.
  package static let arc = "6256c85f-0aad-4d50-b960-e6e9b21efe35"
  /// The public client with which people log in at AKS.
  package static let aksClient = "80faf920-1908-4b52-b5ef-a8e7bedfc67a"
  /// The public client with which people log in at clusters of Azure Arc.
  package static let arcClient = "3f4439ff-e698-4d6d-84fe-09c9d574f06b"
  /// The Azure CLI, whose refresh tokens serve a family of clients.
  package static let azureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

  /// The application's id, or its URI.
  package let id: String
  /// Whether tokens are asked for as version 1 had them, for `spn:ID` (Azure/kubelogin `--legacy`).
  package let isLegacy: Bool

  /// The application with an id or URI of visible ASCII characters; throws `configuration` for another.
  package init(_ id: String, isLegacy: Bool = false) throws(CloudError) {
    let bare = id.hasSuffix("/.default") ? String(id.dropLast("/.default".count)) : id
    let trimmed = bare.hasSuffix("/") ? String(bare.dropLast()) : bare
    guard !trimmed.isEmpty, trimmed.utf8.count <= 255,
      trimmed.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
    else {
      throw CloudError(
        .configuration,
        "\"\(Text.line(id, limit: 60))\" is no server application",
        remedy: "give the application's id as --server-id; that of AKS is \(Self.aks)"
      )
    }
    self.id = trimmed
    self.isLegacy = isLegacy
  }

  /// What a token is asked for with: every permission that was granted beforehand.
  package var scope: String { "\(isLegacy ? "spn:" : "")\(id)/.default" }

  /// Whether its tokens are good for API servers of AKS and Azure Arc, and for nothing else.
  package var isKubernetes: Bool { [Self.aks, Self.arc].contains(id.lowercased()) }

  /// The public client that people log in with, unless one is named.
  package var usualClient: String {
    id.lowercased() == Self.arc ? Self.arcClient : Self.aksClient
  }

  /// Whether an id is that of a public client, which is nobody's identity.
  package static func isPublicClient(_ id: String) -> Bool {
    [aksClient, arcClient, azureCLI].contains(id.lowercased())
  }

  /// Refuses to get a token for something else than API servers, because the kubeconfig chooses the server that the
  /// token is then sent to: it could have the person's token for Azure itself, also by a login that shows the name of a
  /// client which everybody trusts.
  ///
  /// Throws `configuration`, unless the user's own configuration allows it.
  package func check(_ effects: CloudEffects) throws(CloudError) {
    guard !isKubernetes, !effects.allows(.azureOtherServers) else { return }
    throw CloudError(
      .configuration,
      "\(Text.line(id)) is not the server application of AKS or Azure Arc, and a kubeconfig may not have a token for it",
      remedy:
        "if it is your cluster's, \(CloudPermission.azureOtherServers.leave)"
    )
  }
}
