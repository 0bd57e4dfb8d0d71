// SPDX-License-Identifier: Apache-2.0

package import Clouds
import Crypto
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tokens for API servers of AKS that nobody logs in for: of applications, machines, and sign-ins of other tools.
package struct AzureTokens: Sendable {
  let settings: AzureSettings
  let effects: CloudEffects
  let openPFX: CertificateFile.OpenPFX

  /// Obtains what settings want, with these effects.
  package init(
    _ settings: AzureSettings,
    _ effects: CloudEffects,
    openPFX: @escaping CertificateFile.OpenPFX
  ) {
    self.settings = settings
    self.effects = effects
    self.openPFX = openPFX
  }

  /// Seconds that a token has to have left, as MSAL wants them.
  static let enough = 300.0

  /// The token of the settings' method, for the cluster; throws `CloudError`, `configuration` for a person's method.
  package func token() async throws(CloudError) -> CloudToken {
    try settings.server.check(effects)
    var token =
      switch settings.method {
      case .spn: try await servicePrincipal()
      case .workloadIdentity, .github, .azurePipelines: try await federated()
      case .msi: try await managedIdentity(settings.identity)
      case .azureCLI: try await CLISignIn(self).token()
      case .azd: try await tool(.azd, tenant: settings.tenant)
      case .auto, .browser, .device, .password:
        throw CloudError(
          .configuration,
          "a person has to log in for --login \(settings.method.rawValue)",
          remedy: "log in: lanyard login"
        )
      }
    GroupOverage.note(token.token, settings.server, effects)
    token.files += settings.stackFile.map { [$0] } ?? []
    if settings.isAutomatic, let profile = CLISignIn(self).profilePath {
      // Whoever signs in there is asked first from then on.
      token.files.removeAll { $0 == profile }
      token.files.insert(profile, at: 0)
    }
    return token
  }

  /// Whether the Azure CLI has somebody for the tenant, for `auto`.
  package var isSignedInAtCLI: Bool {
    get async { await CLISignIn(self).hasAccount }
  }

  // MARK: applications

  private func servicePrincipal() async throws(CloudError) -> CloudToken {
    guard let proof = settings.proof else {
      throw CloudError(
        .configuration,
        "the application has neither secret nor certificate",
        remedy: "name one: --client-secret-file, --client-secret-env or --client-certificate"
      )
    }
    let client = try settings.application()
    let application = Application(
      client: client,
      authority: try settings.authority(),
      proof: try self.proof(proof),
      trust: [Self.fingerprint(of: proof)]
    )
    var token = try await self.token(of: application)
    if case .certificate(let path, _) = proof { token.files.append(path) }
    return token
  }

  private func proof(_ proof: AzureSettings.Proof) throws(CloudError) -> Application.Proof {
    switch proof {
    case .secret(let secret): return .secret(secret)
    case .certificate(let path, let password):
      let file = CertificateFile(path: path, password: password, openPFX: openPFX)
      return .certificate(try file.read(effects))
    case .certificateText(let text, let password):
      let file = CertificateFile(text: text, password: password, openPFX: openPFX)
      return .certificate(try file.read(effects))
    }
  }

  private func federated() async throws(CloudError) -> CloudToken {
    let source = try settings.federation(settings.method)
    let client = try settings.application()
    let authority = try settings.authority()
    try settings.host.check(effects)
    // Read each time: another subject is somebody else, who must not be given what is kept of this one.
    let assertion = try await source.read(effects)
    let application = Application(
      client: client,
      authority: authority,
      proof: .federated(assertion),
      trust: source.trust(in: assertion, effects)
    )
    var token = try await self.token(of: application)
    if case .file(let path) = source { token.files.append(path) }
    return token
  }

  /// Which secret it was, so that another one makes another token.
  private static func fingerprint(of proof: AzureSettings.Proof) -> String {
    switch proof {
    case .secret(let secret): "secret \(fingerprint(of: secret))"
    case .certificate(let path, _): "certificate \(path)"
    case .certificateText(let text, _): "certificate \(fingerprint(of: text))"
    }
  }

  static func fingerprint(of secret: Secret) -> String {
    Base64URL.encode(SHA256.hash(data: Array(secret.expose().utf8)))
  }

  // MARK: machines

  func managedIdentity(_ name: ManagedIdentityName) async throws(CloudError) -> CloudToken {
    let source = await ManagedIdentityTokens(effects)
    let name = source.source.usual(name, effects.environment)
    let identity = KeptIdentity(
      name: "managed identity (\(name.text))",
      parts: ["azure-msi", source.source.place, name.text, settings.server.scope]
    )
    let resource = String(settings.server.scope.dropLast("/.default".count))
    let kept = try await effects.kept(identity, KeptTerms(enough: Self.enough)) {
      [effects] () async throws(CloudError) -> KeptSecret in
      let token = try await source.token(resource: resource, name)
      return KeptSecret(secret: token.token, obtained: effects.now(), expiry: token.expiry)
    }
    return CloudToken(token: kept.secret, expiry: kept.expiry)
  }
}
