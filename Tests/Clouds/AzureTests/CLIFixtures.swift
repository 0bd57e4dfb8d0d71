// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds

/// Files of the Azure CLI as it writes them.
enum CLIFixtures {
  static let person = "me@contoso.com"
  static let home = "22222222-2222-2222-2222-222222222222.\(AzureWorld.tenant)"
  static let other = "33333333-3333-3333-3333-333333333333"

  /// One subscription of `azureProfile.json`.
  static func subscription(
    _ id: String,
    tenant: String = AzureWorld.tenant,
    user: String = #"{"name":"me@contoso.com","type":"user"}"#,
    cloud: String = "AzureCloud",
    isDefault: Bool = false
  ) -> String {
    #"{"id":"\#(id)","name":"name of \#(id)","state":"Enabled","user":\#(user),"isDefault":\#(isDefault),"tenantId":"\#(tenant)","environmentName":"\#(cloud)","homeTenantId":"\#(tenant)","managedByTenants":[]}"#
  }

  /// `azureProfile.json`, with its byte order mark.
  static func profile(_ subscriptions: String...) -> String {
    "\u{FEFF}{\"installationId\":\"i\",\"subscriptions\":[\(subscriptions.joined(separator: ","))]}"
  }

  /// `msal_token_cache.json`: an account, a refresh token and an access token that ends at `end`.
  static func cache(
    end: Int = 1_795_472_544,
    server: String = AzureWorld.aks,
    realm: String = AzureWorld.tenant,
    person: String = person,
    refreshToken: String = "RT2",
    family: String? = "1",
    client: String = ServerApplication.azureCLI,
    type: String = "Bearer"
  ) -> String {
    let environment = "login.microsoftonline.com"
    let familyMember = family.map { #","family_id":"\#($0)""# } ?? ""
    return """
      {"AccessToken":{"any-key":{"credential_type":"AccessToken","secret":"AT-cached",
      "home_account_id":"\(home)","environment":"\(environment)","client_id":"\(ServerApplication.azureCLI)",
      "target":"\(server)/.default \(server)/user.read","realm":"\(realm)","token_type":"\(type)",
      "cached_at":"1795467744","expires_on":"\(end)","extended_expires_on":"\(end)"}},
      "Account":{"k":{"home_account_id":"\(home)","environment":"\(environment)","realm":"\(AzureWorld.tenant)",
      "local_account_id":"22222222-2222-2222-2222-222222222222","username":"\(person)","authority_type":"MSSTS"}},
      "RefreshToken":{"k":{"credential_type":"RefreshToken","secret":"\(refreshToken)","home_account_id":"\(home)",
      "environment":"\(environment)","client_id":"\(client)","target":"x","last_modification_time":"1795467744"\(familyMember)}},
      "IdToken":{},"AppMetadata":{}}
      """
  }

  /// A cache with several accounts of one name, by tenant, whose refresh token `RT-WRITTEN` was written then.
  static func accounts(_ accounts: [String: Int]) -> String {
    let environment = #""environment":"login.microsoftonline.com""#
    let rows = accounts.map { realm, written in
      let home = #""home_account_id":"me.\#(realm)",\#(environment)"#
      let account = #""\#(realm)":{\#(home),"realm":"\#(realm)","username":"\#(person)"}"#
      let client = #""client_id":"\#(ServerApplication.azureCLI)","family_id":"1""#
      let token = #""secret":"RT-\#(written)","last_modification_time":"\#(written)""#
      return (account, #""\#(realm)":{\#(home),\#(client),\#(token)}"#)
    }
    let first = rows.map(\.0).joined(separator: ",")
    let second = rows.map(\.1).joined(separator: ",")
    return #"{"AccessToken":{},"Account":{\#(first)},"RefreshToken":{\#(second)}}"#
  }

  /// A world in which somebody is signed in at the Azure CLI.
  static func world(
    _ environment: [String: String] = [:],
    allowed: Set<CloudPermission> = [],
    profile: String = profile(subscription("sub-1", isDefault: true)),
    cache: String? = cache()
  ) -> AzureWorld {
    let world = AzureWorld(environment, allowed: allowed)
    world.file("/home/me/.azure/azureProfile.json", profile)
    if let cache { world.file("/home/me/.azure/msal_token_cache.json", cache) }
    return world
  }
}
