// SPDX-License-Identifier: Apache-2.0

/// How the identity provider plays Entra ID, at paths of its own beside those of the lab.
package struct EntraOptions: Sendable {
  /// Tenants, by GUID; `/TENANT/…` of any other is AADSTS90002.
  package var tenants = [EntraOptions.contoso]
  /// Applications that API servers are; access tokens are for them.
  package var servers = [EntraOptions.aks, EntraOptions.arc]
  /// Applications that trust the lab's assertion issuer, each with the subject that it trusts.
  package var federated: [String: String] = [:]
  /// The certificates (PEM) of applications that prove themselves with one; the key is the client's.
  package var certificates: [String: String] = [:]
  /// The resource whose API server takes tokens in envelopes; nil: it takes none.
  package var boundTo: String?
  /// What was asked so far.
  package let records = EntraRecords()

  /// The first tenant.
  package static let contoso = "11111111-1111-1111-1111-111111111111"
  /// The server application of AKS.
  package static let aks = "6dae42f8-4368-4678-94ff-3960e28e3630"
  /// The server application of Azure Arc.
  package static let arc = "6256c85f-0aad-4d50-b960-e6e9b21efe35"

  /// The public clients of AKS, Azure Arc and the Azure CLI.
  package static let clients = [
    LabClient("80faf920-1908-4b52-b5ef-a8e7bedfc67a"),
    LabClient("3f4439ff-e698-4d6d-84fe-09c9d574f06b"),
    LabClient("04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
  ]

  /// One tenant, nobody federated.
  package init() {}
}

extension LabOptions {
  /// Lets the lab play Entra ID, with the clients of Microsoft beside its own.
  ///
  /// Refresh tokens stay valid when they are used, as they do there.
  package mutating func playEntra(_ change: (inout EntraOptions) -> Void = { _ in }) {
    var entra = EntraOptions()
    change(&entra)
    self.entra = entra
    clients += EntraOptions.clients
    rotation = false
  }
}
