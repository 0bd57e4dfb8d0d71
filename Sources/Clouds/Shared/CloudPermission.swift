// SPDX-License-Identifier: Apache-2.0

/// What only the user's own configuration file can allow, by the names that stand under `allow` there.
///
/// A kubeconfig is hostile input, and so is every file that its environment can name (docs/life-of-a-credential.md).
package enum CloudPermission: String, Sendable, CaseIterable, Codable {
  /// Look for programs in `PATH`, not only in the system's folders and the account's own.
  case searchPath = "search-path"
  /// Run the `credential_process` of an AWS configuration that lies elsewhere than in the account's own home.
  case awsCredentialProcess = "aws-credential-process"
  /// Run the command of an executable-sourced Google credential.
  case googleExecutable = "google-executable"
  /// Send what a Google credential holds elsewhere than to Google's token endpoints, a port of this machine included.
  case googleOtherHosts = "google-other-hosts"
  /// Send Azure credentials to a host that is none of the known clouds', a port of this machine included.
  case azureOtherHosts = "azure-other-hosts"
  /// Get a token for an application that is neither AKS's nor Azure Arc's.
  case azureOtherServers = "azure-other-servers"
  /// Run the Azure CLI with a configuration that lies elsewhere than in the account's own home.
  case azureCommand = "azure-command"
  /// Send AWS credentials to a host that is none of STS's or the sign-in's own, a port of this machine included.
  case awsOtherHosts = "aws-other-hosts"
}

extension CloudPermission {
  /// How the user gives it: words for a remedy.
  package var leave: String {
    "add \(rawValue) to the list under allow in ~/.config/lanyard/config.yaml (docs/configuration.md)"
  }
}
