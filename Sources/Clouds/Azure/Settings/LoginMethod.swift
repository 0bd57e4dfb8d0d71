// SPDX-License-Identifier: Apache-2.0

/// How `get-token aks` comes to a token: what `--login` says.
package enum LoginMethod: String, Sendable, CaseIterable {
  /// A sign-in that is there, else what the variables name, else a login by a person.
  case auto
  /// A person, in a browser.
  case browser
  /// A person, with a code on another device.
  case device
  /// An application with a secret or certificate.
  case spn
  /// An application that trusts a token of the surroundings.
  case workloadIdentity = "workload-identity"
  /// The machine's identity.
  case msi
  /// The sign-in of the Azure CLI.
  case azureCLI = "azurecli"
  /// The sign-in of the Azure Developer CLI.
  case azd
  /// A service connection of Azure Pipelines.
  case azurePipelines = "azure-pipelines"
  /// A job of GitHub Actions.
  case github
  /// A person's name and password: legacy, and refused where a second factor is wanted.
  case password

  /// The method of that name, by Azure/kubelogin's names too; nil for any other.
  package init?(named name: String) {
    switch name {
    case "interactive": self = .browser
    case "devicecode": self = .device
    case "ropc": self = .password
    case "workloadidentity": self = .workloadIdentity
    case "azurepipelines": self = .azurePipelines
    default: self.init(rawValue: name)
    }
  }

  /// Whether a person logs in, so that there is a session.
  package var isPersons: Bool {
    switch self {
    case .browser, .device, .password: true
    default: false
    }
  }

  /// Whether tokens can be bound to a key, as Azure Arc takes them (Azure/kubelogin's table of login methods).
  package var canBind: Bool { isPersons && self != .device || self == .spn }
}
