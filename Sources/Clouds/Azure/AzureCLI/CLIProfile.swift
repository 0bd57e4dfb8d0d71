// SPDX-License-Identifier: Apache-2.0

import OAuth

/// Who is signed in at the Azure CLI: its `azureProfile.json`.
package struct CLIProfile: Sendable, Equatable {
  /// A subscription, which stands for an account in a tenant.
  package struct Subscription: Sendable, Equatable {
    package let id: String
    package let name: String
    package let tenant: String
    /// `AzureCloud` and the like.
    package let cloud: String
    package let isDefault: Bool
    package let account: Account
  }

  /// The account of a subscription.
  package enum Account: Sendable, Equatable {
    /// A person, by the name they signed in with.
    case person(String)
    /// An application, by its client id.
    case servicePrincipal(String)
    /// The machine's identity.
    case managedIdentity(ManagedIdentityName)
  }

  package let subscriptions: [Subscription]

  /// Reads the file, which begins with a byte order mark; nil if it is torn or no such file.
  ///
  /// A subscription that cannot be understood is left out: the Azure CLI adds kinds of accounts.
  package init?(_ bytes: [UInt8]) {
    guard let json = try? StrictJSON(parsing: VendorText.withoutMark(bytes)),
      let list = json["subscriptions"]?.elements
    else { return nil }
    subscriptions = list.compactMap(Subscription.init)
  }

  /// The subscription that is meant: the one that is named, else the default one if it is of the tenant, else one of
  /// the tenant; else the default one, whose account may be a guest there, unless only members count.
  package func subscription(
    named name: String?,
    tenant: String?,
    onlyMembers: Bool = false
  ) -> Subscription? {
    if let name {
      return subscriptions.first { $0.id.lowercased() == name.lowercased() || $0.name == name }
    }
    let usual = subscriptions.first(where: \.isDefault)
    guard let tenant else { return usual ?? subscriptions.first }
    let ofTenant = subscriptions.filter { $0.tenant.lowercased() == tenant.lowercased() }
    if let usual, ofTenant.contains(usual) { return usual }
    if onlyMembers { return ofTenant.first }
    return ofTenant.first ?? usual ?? subscriptions.first
  }
}

extension CLIProfile.Subscription {
  fileprivate init?(_ json: StrictJSON) {
    guard let id = json["id"]?.string, let tenant = json["tenantId"]?.string,
      let user = json["user"], let account = CLIProfile.Account(user)
    else { return nil }
    self.id = id
    self.tenant = tenant
    self.account = account
    name = json["name"]?.string ?? ""
    cloud = json["environmentName"]?.string ?? "AzureCloud"
    isDefault = json["isDefault"]?.bool ?? false
  }
}

extension CLIProfile.Account {
  /// Source: azure-cli `core/_profile.py`.
  fileprivate init?(_ user: StrictJSON) {
    guard let name = user["name"]?.string else { return nil }
    if let assigned = user["assignedIdentityInfo"]?.string {
      let parts = assigned.split(separator: "-", maxSplits: 1).map(String.init)
      switch (parts.first, parts.count) {
      case ("MSI", 1): self = .managedIdentity(.systemAssigned)
      case ("MSIClient", 2): self = .managedIdentity(.client(parts[1]))
      case ("MSIObject", 2): self = .managedIdentity(.object(parts[1]))
      case ("MSIResource", 2): self = .managedIdentity(.resource(parts[1]))
      default: return nil
      }
    } else if user["cloudShellID"]?.bool == true {
      self = .managedIdentity(.systemAssigned)
    } else {
      switch user["type"]?.string {
      case "servicePrincipal": self = .servicePrincipal(name)
      case "user": self = .person(name)
      default: return nil
      }
    }
  }
}
