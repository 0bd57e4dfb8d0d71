// SPDX-License-Identifier: Apache-2.0

package import OAuth

/// Which of Azure's services gives this machine its identity.
///
/// Source: azidentity and MSAL (`apps/managedidentity`), whose order this is; "How to use managed identities" names
/// the variables.
package enum ManagedIdentitySource: Sendable, Equatable {
  /// Service Fabric: its endpoint has a certificate that is known by its thumbprint.
  case serviceFabric(endpoint: String, header: Secret, thumbprint: String)
  /// App Service, Functions and Container Apps.
  case appService(endpoint: String, header: Secret)
  /// A machine that is connected by Azure Arc.
  case arc(endpoint: String)
  /// Machine Learning.
  case machineLearning(endpoint: String, secret: Secret)
  /// Cloud Shell.
  case cloudShell(endpoint: String)
  /// The metadata service of virtual machines, and of the nodes of AKS.
  case metadataService(host: String)

  /// The variables that decide, and those that are sent.
  package static let variables = [
    "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT",
    "MSI_ENDPOINT", "MSI_SECRET", "AZURE_POD_IDENTITY_AUTHORITY_HOST", usualClientVariable,
  ]

  /// Which identity Machine Learning gives, unless one is named (azidentity `managed_identity_client.go`).
  private static let usualClientVariable = "DEFAULT_IDENTITY_CLIENT_ID"

  /// The identity that is asked for where this one is meant.
  func usual(_ name: ManagedIdentityName, _ environment: [String: String]) -> ManagedIdentityName {
    guard case .machineLearning = self, name == .systemAssigned,
      let client = environment[Self.usualClientVariable]
    else { return name }
    return .client(client)
  }

  /// Where the agent of Azure Arc lies: MSAL looks in the one or the other place.
  static let arcAgents = ["/opt/azcmagent/bin/himds", "/var/opt/azcmagent/bin/himds"]

  private static let arcEndpoint = "http://127.0.0.1:40342/metadata/identity/oauth2/token"
  private static let metadataHost = "http://169.254.169.254"

  /// The source that the variables name; the metadata service where they name none, because that needs none.
  ///
  /// `hasArcAgent`: whether the agent of Azure Arc is installed.
  package static func named(
    in environment: [String: String],
    hasArcAgent: Bool
  ) -> ManagedIdentitySource {
    if let endpoint = environment["IDENTITY_ENDPOINT"] {
      if let header = environment["IDENTITY_HEADER"].map(Secret.init) {
        if let thumbprint = environment["IDENTITY_SERVER_THUMBPRINT"] {
          return .serviceFabric(endpoint: endpoint, header: header, thumbprint: thumbprint)
        }
        return .appService(endpoint: endpoint, header: header)
      }
      if environment["IMDS_ENDPOINT"] != nil { return .arc(endpoint: endpoint) }
    } else if let endpoint = environment["MSI_ENDPOINT"] {
      if let secret = environment["MSI_SECRET"] {
        return .machineLearning(endpoint: endpoint, secret: Secret(secret))
      }
      return .cloudShell(endpoint: endpoint)
    }
    if hasArcAgent { return .arc(endpoint: arcEndpoint) }
    return .metadataService(
      host: environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] ?? metadataHost
    )
  }

  /// Whether variables name a source, so that `auto` may take it.
  package static func isNamed(in environment: [String: String]) -> Bool {
    switch named(in: environment, hasArcAgent: false) {
    case .metadataService: environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] != nil
    default: true
    }
  }

  /// What messages call it.
  package var title: String {
    switch self {
    case .serviceFabric: "Service Fabric"
    case .appService: "App Service"
    case .arc: "Azure Arc"
    case .machineLearning: "Machine Learning"
    case .cloudShell: "Cloud Shell"
    case .metadataService: "the metadata service"
    }
  }
}

/// Which of a machine's identities is meant.
package enum ManagedIdentityName: Sendable, Equatable {
  /// The machine's own, or its only one.
  case systemAssigned
  /// The one of that client id.
  case client(String)
  /// The one of that resource id.
  case resource(String)
  /// The one of that object id.
  case object(String)

  /// The identity as one text, for what keeps two apart.
  package var text: String {
    switch self {
    case .systemAssigned: "system"
    case .client(let id): "client \(id)"
    case .resource(let id): "resource \(id)"
    case .object(let id): "object \(id)"
    }
  }
}

extension ManagedIdentitySource {
  /// Source and endpoint as one text, for what keeps two apart.
  var place: String {
    switch self {
    case .serviceFabric(let endpoint, _, let thumbprint): "\(title) \(endpoint) \(thumbprint)"
    case .appService(let endpoint, _), .arc(let endpoint), .machineLearning(let endpoint, _),
      .cloudShell(let endpoint):
      "\(title) \(endpoint)"
    case .metadataService(let host): "\(title) \(host)"
    }
  }
}
