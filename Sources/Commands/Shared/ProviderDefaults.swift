// SPDX-License-Identifier: Apache-2.0

package import Credentials
package import OAuth

/// What the options leave open, filled in by what is known about the provider.
///
/// Only what the issuer's URL or the person says counts here, because it decides which session is meant, before
/// anybody is asked.
package struct ProviderDefaults {
  let preset: ProviderPreset?
  private let options: OIDCOptions

  /// Throws a usage failure for a provider that nobody knows.
  package init(_ options: OIDCOptions, issuer: Issuer) throws(Failure) {
    self.options = options
    do {
      preset =
        try options.provider.map { name throws(OAuthError) in
          try ProviderPreset.named(name)
        } ?? .recognise(issuer: issuer)
    } catch {
      throw Failure(exitCode: ExitCodes.usage, error.what, remedy: error.remedy, cause: error)
    }
  }

  /// A robot asks for what it was told to and nothing else; a person's login for openid, a refresh token, and what this
  /// provider needs for a useful token.
  package var scopes: [String] {
    var scopes: [String] = []
    if !options.grant.grantType.isUnattended {
      scopes = ["openid"] + presetScopes
      scopes += preset.map { $0.offlineAccess.request.scopes } ?? ["offline_access"]
    }
    var seen: Set<String> = []
    return (scopes + options.scopes).filter { seen.insert($0).inserted }
  }

  /// Entra ID takes no scope of its own directory beside `.default` of an application (AADSTS70011).
  private var presetScopes: [String] {
    let scopes = preset?.scopes ?? []
    guard preset?.name == ProviderPreset.entra.name,
      options.scopes.contains(where: { $0.hasSuffix("/.default") })
    else { return scopes }
    return scopes.filter { $0 != "email" }
  }

  /// Whether `offline_access` is asked for only because most issuers want it.
  var guessesOffline: Bool { preset == nil && !options.scopes.contains("offline_access") }

  /// The person's parameters, and the provider's unless they have the same name.
  package var parameters: [CredentialRequest.Parameter] {
    let given = options.authorization.pairs.map {
      CredentialRequest.Parameter(name: $0.0, value: $0.1)
    }
    guard let request = preset?.offlineAccess.request else { return given }
    var added = request.extra.sorted { $0.key < $1.key }
      .map { CredentialRequest.Parameter(name: $0.key, value: $0.value) }
    if !request.prompts.isEmpty {
      added.append(.init(name: "prompt", value: request.prompts.joined(separator: " ")))
    }
    return given + added.filter { addition in !given.contains { $0.name == addition.name } }
  }

  /// Refuses what the provider would refuse.
  package func check() throws(Failure) {
    if let preset, preset.source == .job, !options.grant.grantType.isUnattended {
      throw Failure(
        exitCode: ExitCodes.configuration,
        "nobody logs in at \(preset.title): its jobs are given their tokens",
        remedy: "hand such a token on: --grant-type given --assertion-from github-actions"
      )
    }
    guard let preset, !preset.takesResources, !options.authorization.resources.isEmpty else {
      return
    }
    throw Failure(
      exitCode: ExitCodes.configuration,
      "\(preset.title) takes no resource parameter",
      remedy: "leave --resource out, and say it in a scope"
    )
  }

  /// Where to wait for the browser: as this provider lets clients register it.
  ///
  /// Where only registered ports work, those are tried that other plugins have had registered (int128/kubelogin).
  static func listenAddresses(_ preset: ProviderPreset?) -> [String] {
    guard let preset else { return ["127.0.0.1:0"] }
    let host = preset.redirectHost.rawValue
    switch preset.loopbackPorts {
    case .any: return ["\(host):0"]
    case .registered: return ["\(host):8000", "\(host):18000"]
    }
  }
}
