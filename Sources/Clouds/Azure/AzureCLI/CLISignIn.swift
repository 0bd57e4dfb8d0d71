// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The sign-in of the Azure CLI: its files are read, and never written; `az` itself is run only where they cannot be.
struct CLISignIn {
  private let tokens: AzureTokens
  private var settings: AzureSettings { tokens.settings }
  private var effects: CloudEffects { tokens.effects }

  init(_ tokens: AzureTokens) { self.tokens = tokens }

  /// Real ones have some 100 KB with a dozen tenants.
  private static let limit = 8 << 20
  /// Pauses in seconds before a torn file is read again: the Azure CLI writes into the file itself.
  private static let pauses = [0.05, 0.1, 0.2, 0.4]

  /// Where the Azure CLI says who is signed in; nil where there is no home.
  var profilePath: String? { path("azureProfile.json") }

  private func path(_ name: String) -> String? {
    if let folder = effects.environment["AZURE_CONFIG_DIR"] { return "\(folder)/\(name)" }
    return effects.home.map { "\($0)/.azure/\(name)" }
  }

  private func bytes(_ name: String) throws(CloudError) -> [UInt8]? {
    guard let path = path(name) else { return nil }
    return try effects.readFile(path, Self.limit)
  }

  /// Reads a file until it is whole; nil if it is not there, or never is.
  private func whole<Content>(
    _ name: String,
    _ parse: ([UInt8]) -> Content?
  ) async throws(CloudError) -> Content? {
    var pauses = Self.pauses[...]
    while true {
      guard let bytes = try bytes(name) else { return nil }
      if let content = parse(bytes) { return content }
      guard let pause = pauses.popFirst() else {
        effects.trace("\(name) of the Azure CLI cannot be read")
        return nil
      }
      effects.trace("\(name) of the Azure CLI is torn; reading it again")
      do {
        try await effects.pause(pause)
      } catch {
        throw CloudError(.failed, "interrupted while waiting", remedy: "try again")
      }
    }
  }

  /// Whether somebody is signed in who may have a token of the tenant, in the cluster's cloud.
  ///
  /// `auto` takes nobody of another tenant: that they are guests here is a guess, and the next way may know better.
  var hasAccount: Bool {
    get async {
      guard let profile = try? await whole("azureProfile.json", { CLIProfile($0) }) else {
        return false
      }
      let subscription = profile.subscription(
        named: settings.options.subscription,
        tenant: settings.tenant,
        onlyMembers: true
      )
      return subscription.map { (try? host($0)) != nil } ?? false
    }
  }

  private func signIn(_ tenant: String?) -> String {
    AzureTool.az.signIn(tenant: tenant) + " --scope \(settings.server.scope)"
  }

  // MARK: the token

  func token() async throws(CloudError) -> CloudToken {
    guard let profile = try await whole("azureProfile.json", { CLIProfile($0) }) else {
      guard try bytes("azureProfile.json") == nil else { return try await run(nil) }
      throw CloudError(
        .loginNeeded,
        "nobody is signed in at the Azure CLI",
        remedy: "sign in: \(AzureTool.az.signIn(tenant: settings.tenant))"
      )
    }
    let named = settings.options.subscription
    let chosen = profile.subscription(
      named: named,
      tenant: settings.tenant,
      onlyMembers: settings.isAutomatic
    )
    guard let subscription = chosen else {
      throw CloudError(
        named == nil ? .loginNeeded : .configuration,
        named.map { "the Azure CLI knows no subscription \"\(Text.line($0, limit: 60))\"" }
          ?? "nobody is signed in at the Azure CLI",
        remedy: named == nil
          ? "sign in: \(AzureTool.az.signIn(tenant: settings.tenant))"
          : "see what it knows: az account list"
      )
    }
    var token = try await token(of: subscription)
    token.files = files(of: subscription.account).compactMap { path($0) }
    return token
  }

  /// The files that an account's token depends on.
  private func files(of account: CLIProfile.Account) -> [String] {
    switch account {
    case .person: AzureTool.az.files
    case .servicePrincipal:
      ["azureProfile.json", "service_principal_entries.json", "service_principal_entries.bin"]
    case .managedIdentity: ["azureProfile.json"]
    }
  }

  private func token(
    of subscription: CLIProfile.Subscription
  ) async throws(CloudError) -> CloudToken {
    let tenant = settings.tenant ?? subscription.tenant
    switch subscription.account {
    case .managedIdentity(let name): return try await tokens.managedIdentity(name)
    case .servicePrincipal(let client):
      return try await token(ofApplication: client, tenant, subscription)
    case .person(let name):
      return try await token(of: name, tenant, subscription)
    }
  }

  /// The Entra ID of the subscription's cloud; nil for one that only `az` knows.
  private func host(_ subscription: CLIProfile.Subscription) throws(CloudError) -> AuthorityHost? {
    guard let cloud = AzureCloud(named: subscription.cloud) else { return nil }
    if settings.host.isLoopback {
      // A stand-in for the cloud: it gets the refresh token, so the user has to have said so.
      try settings.host.check(effects)
      return settings.host
    }
    guard settings.host.cloud == cloud else {
      throw CloudError(
        .configuration,
        "the Azure CLI is signed in at \(subscription.cloud), and the cluster is in another cloud",
        remedy: "give that cloud as --environment, or sign in at the cluster's: az cloud set"
      )
    }
    return AuthorityHost(cloud)
  }

  // MARK: applications

  private func token(
    ofApplication client: String,
    _ tenant: String,
    _ subscription: CLIProfile.Subscription
  ) async throws(CloudError) -> CloudToken {
    let name = "service_principal_entries.json"
    guard let host = try host(subscription),
      let entries = try await whole(name, { ServicePrincipalEntries($0) }),
      let proof = entries.proof(client: client, tenant: subscription.tenant)
    else { return try await run(tenant) }
    let application = Application(
      client: client,
      authority: try EntraAuthority(host: host, tenant: tenant),
      proof: try self.proof(proof),
      trust: ["azure-cli", Self.fingerprint(of: proof)]
    )
    return try await tokens.token(of: application)
  }

  private static func fingerprint(of proof: ServicePrincipalEntries.Proof) -> String {
    switch proof {
    case .secret(let secret), .assertion(let secret): AzureTokens.fingerprint(of: secret)
    case .certificate(let path): "certificate \(path)"
    }
  }

  private func proof(
    _ proof: ServicePrincipalEntries.Proof
  ) throws(CloudError) -> Application.Proof {
    switch proof {
    case .secret(let secret): return .secret(secret)
    case .assertion(let assertion): return .assertion(assertion)
    case .certificate(let path):
      let file = CertificateFile(path: path, password: nil, openPFX: tokens.openPFX)
      return .certificate(try file.read(effects))
    }
  }

  // MARK: persons

  private func token(
    of person: String,
    _ tenant: String,
    _ subscription: CLIProfile.Subscription
  ) async throws(CloudError) -> CloudToken {
    guard let host = try host(subscription), let cloud = AzureCloud(named: subscription.cloud),
      let cache = try await whole("msal_token_cache.json", { TokenCache($0) })
    else { return try await run(tenant) }
    let wanted = TokenCache.Wanted(
      person: person,
      tenant: tenant,
      hosts: cloud.loginHosts,
      server: settings.server
    )
    let found = cache.find(wanted, enough: AzureTokens.enough, now: effects.now())
    switch found {
    case .token(let token): return CloudToken(token: token.token, expiry: token.expiry)
    case .refreshToken(let secret, let account):
      let authority = try EntraAuthority(host: host, tenant: tenant)
      return try await redeem(secret, of: account, person, at: authority)
    case .nothing:
      effects.trace("the Azure CLI's cache has nothing for \(person)")
      return try await run(tenant)
    }
  }

  /// A token by the refresh token, which stays as it is: Entra ID keeps it valid, so nothing is written back.
  private func redeem(
    _ refreshToken: Secret,
    of account: String,
    _ person: String,
    at authority: EntraAuthority
  ) async throws(CloudError) -> CloudToken {
    let identity = KeptIdentity(
      name: "\(Text.line(person, limit: 60)) at the Azure CLI",
      parts: [
        "azure-cli", authority.tokenEndpoint, account, settings.server.scope,
        AzureTokens.fingerprint(of: refreshToken),
      ]
    )
    let request = EntraRequest.refresh(
      authority.tokenEndpoint,
      client: ServerApplication.azureCLI,
      refreshToken,
      scope: settings.server.scope
    )
    let logIn = signIn(authority.tenant)
    let kept = try await effects.kept(identity, KeptTerms(enough: AzureTokens.enough)) {
      [effects] () async throws(CloudError) -> KeptSecret in
      effects.trace("renewing with the refresh token of the Azure CLI")
      let token = try await EntraTokens(effects, logIn: logIn).token(request, at: authority)
      return KeptSecret(secret: token.token, obtained: effects.now(), expiry: token.expiry)
    }
    return CloudToken(token: kept.secret, expiry: kept.expiry)
  }

  /// What `az` itself gives; it takes a second or more.
  private func run(_ tenant: String?) async throws(CloudError) -> CloudToken {
    try await tokens.tool(
      .az,
      tenant: tenant ?? settings.tenant,
      subscription: settings.options.subscription
    )
  }
}
