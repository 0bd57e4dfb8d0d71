// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import Credentials
import Host

/// A person's login for AKS, which is one of OpenID Connect at the tenant's issuer.
struct AKSLogin {
  let options: AKSOptions
  let settings: AzureSettings

  /// The options of `get-token oidc` that mean the same; throws a failure for what is missing or not allowed.
  func oidc(_ effects: CloudEffects) throws(Failure) -> OIDCOptions {
    let words: [String]
    do throws(CloudError) {
      words = try self.words(effects)
    } catch {
      throw Failure(CredentialsError(error))
    }
    var oidc = try GetTokenOIDC.parsing(words).options
    // Afterwards, because a context keeps its redirect URI for a login by hand even if its own is by device code.
    oidc.wantedLogin = login
    return oidc
  }

  private func words(_ effects: CloudEffects) throws(CloudError) -> [String] {
    let authority = try settings.authority()
    try settings.server.check(effects)
    try settings.host.check(effects)
    var words = OptionWords()
    words.add("--issuer-url", authority.issuer)
    words.add("--provider", "entra")
    words.add("--client-id", settings.personsClient)
    words.add("--scope", settings.server.scope)
    words.add("--token", TokenKind.access.rawValue)
    // As MSAL writes it, and as the clients of AKS have it registered: without a slash at its end.
    words.add("--redirect-uri", options.person.redirectURL ?? "http://localhost")
    words.add("--auth-param", options.person.loginHint.map { "login_hint=\($0)" })
    if settings.method == .password { try addPassword(&words) }
    return words.words
  }

  private func addPassword(_ words: inout OptionWords) throws(CloudError) {
    var password = options.person.password
    password.username = password.username ?? settings.variables.username
    guard password.username != nil else {
      throw CloudError(
        .configuration,
        "nobody is named whose password could be sent",
        remedy: "name the person: --username, or AZURE_USERNAME"
      )
    }
    if password.source == nil { password.passwordEnv = settings.variables.passwordVariable }
    words.add("--grant-type", GrantType.password.rawValue)
    password.add(to: &words)
  }

  private var login: LoginPreference? {
    switch settings.method {
    case .browser: .browser
    case .device: .device
    default: nil
    }
  }
}
