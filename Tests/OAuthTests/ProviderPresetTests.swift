// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("provider presets")
struct ProviderPresetTests {
  static let byURL: [(String, String?)] = [
    ("https://accounts.google.com", "google"), ("https://accounts.google.com/", nil),
    ("https://accounts.google.com:443", nil), ("https://Accounts.google.com", nil),
    ("https://accounts.google.com.evil.test", nil), ("https://evil.test/accounts.google.com", nil),
    ("https://xaccounts.google.com", nil), ("https://accounts-google.com", nil),
    ("https://org.okta.com", "okta"), ("https://org.okta.com/oauth2/default", "okta"),
    ("https://org.okta.com/oauth2", nil), ("https://org.okta.com/oauth2/", nil),
    ("https://org.okta.com/oauth2/a/b", nil), ("https://org.okta.com:8443", nil),
    ("https://org.oktapreview.com/oauth2/aus1", "okta"), ("https://org.okta-emea.com", "okta"),
    ("https://okta.com", nil), ("https://evilokta.com", nil), ("https://org.evilokta.com", nil),
    ("https://org.okta.com.evil.test", nil), ("https://org.okta.como", nil),
    ("https://org.OKTA.com", nil), ("https://a.b.okta.com", nil),
    ("https://tenant.auth0.com/", "auth0"), ("https://tenant.eu.auth0.com/", "auth0"),
    ("https://tenant.auth0.com", nil), ("https://auth0.com/", nil),
    ("https://tenant.eu.auth0.com.evil.test/", nil), ("https://tenant.eu.notauth0.com/", nil),
    ("https://login.microsoftonline.com/8f2d/v2.0", "entra"),
    ("https://login.microsoftonline.us/8f2d/v2.0", "entra"),
    ("https://login.partner.microsoftonline.cn/8f2d/v2.0", "entra"),
    ("https://login.microsoftonline.com/8f2d/v2.0/", nil),
    ("https://login.microsoftonline.com/v2.0", nil),
    ("https://login.microsoftonline.com//v2.0", nil),
    ("https://login.microsoftonline.com.evil.test/8f2d/v2.0", nil),
    ("https://evil.test/login.microsoftonline.com/8f2d/v2.0", nil),
    ("https://sts.windows.net/8f2d/", "entra"), ("https://sts.windows.net/8f2d", nil),
    ("https://gitlab.com", "gitlab"), ("https://gitlab.com/", nil),
    ("https://gitlab.com.evil.test", nil), ("https://gitlab.company.test", nil),
    ("https://token.actions.githubusercontent.com", "github-actions"),
    ("https://token.actions.githubusercontent.com/octo", "github-actions"),
    ("https://token.actions.githubusercontent.com/", nil),
    ("https://token.actions.githubusercontent.com.evil.test", nil),
    ("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1", "cognito"),
    ("https://cognito-idp.eu-west-1.evil.amazonaws.com/x", nil),
    ("https://cognito-idp.evil.test.amazonaws.com/x", nil),
    ("https://cognito-idp.eu-west-1.amazonaws.com", nil),
    ("https://keycloak.test/realms/one", nil), ("http://127.0.0.1:8080/realms/one", nil),
  ]

  @Test("recognised by the URL alone", arguments: byURL)
  func url(issuer: String, expected: String?) throws {
    #expect(ProviderPreset.recognise(issuer: try Issuer(issuer))?.name == expected)
  }

  /// An issuer, its endpoints, and who it is.
  static let byEndpoints: [(String, [String], String?)] = [
    (
      "https://sso.test/realms/one",
      [
        "/protocol/openid-connect/auth", "/protocol/openid-connect/token",
        "/protocol/openid-connect/certs",
      ],
      "keycloak"
    ),
    (
      "http://localhost:8080/auth/realms/one",
      [
        "/protocol/openid-connect/auth", "/protocol/openid-connect/token",
        "/protocol/openid-connect/certs",
      ],
      "keycloak"
    ),
    (
      "https://sso.test/realm/one",
      [
        "/protocol/openid-connect/auth", "/protocol/openid-connect/token",
        "/protocol/openid-connect/certs",
      ],
      nil
    ),
    ("https://sso.test/realms/one", ["/auth", "/token", "/certs"], nil),
    ("https://dex.test", ["/auth", "/token", "/keys"], "dex"),
    ("https://dex.test/dex", ["/auth", "/token", "/keys"], "dex"),
    ("https://dex.test/dex/", ["/auth", "/token", "/keys"], "dex"),
    ("https://dex.test/dex", ["/auth", "/token", "/jwks"], nil),
    ("https://sso.test/oauth2/aus1", ["/v1/authorize", "/v1/token", "/v1/keys"], "okta"),
    (
      "https://sso.test", ["/oauth2/v1/authorize", "/oauth2/v1/token", "/oauth2/v1/keys"], "okta"
    ),
    ("https://sso.test/", ["/authorize", "/oauth/token", "/.well-known/jwks.json"], "auth0"),
    (
      "https://git.test/x", ["/oauth/authorize", "/oauth/token", "/oauth/discovery/keys"], "gitlab"
    ),
    ("http://localhost:4593/api/oidc", ["/auth", "/token", "/jwks"], "glewlwyd"),
    ("https://sso.test/oidc", ["/auth", "/token", "/jwks"], nil),
  ]

  @Test("recognised by the endpoints", arguments: byEndpoints)
  func endpoints(issuer: String, paths: [String], expected: String?) throws {
    let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
    func metadata(_ base: String) throws -> ProviderMetadata {
      let members = [
        "issuer": issuer, "authorization_endpoint": base + paths[0],
        "token_endpoint": base + paths[1], "jwks_uri": base + paths[2],
      ]
      let document = Forge.object(members.mapValues { "\"\($0)\"" })
      return try ProviderMetadata(parsing: Array(document.utf8), issuer: try Issuer(issuer))
    }
    let id = try Issuer(issuer)
    #expect(ProviderPreset.recognise(issuer: id, metadata: try metadata(base))?.name == expected)
    #expect(ProviderPreset.recognise(issuer: id) == nil, "not by its URL")
    let elsewhere = try metadata("https://evil.test")
    #expect(ProviderPreset.recognise(issuer: id, metadata: elsewhere) == nil)
  }

  @Test("metadata of another issuer says nothing")
  func foreignMetadata() throws {
    let metadata = try DiscoveryTests.metadata([
      "authorization_endpoint": "\"https://issuer.test/realms/one/auth\"",
      "token_endpoint": "\"https://issuer.test/realms/one/token\"",
      "jwks_uri": "\"https://issuer.test/realms/one/keys\"",
    ])
    #expect(ProviderPreset.recognise(issuer: metadata.issuer, metadata: metadata)?.name == "dex")
    let other = try Issuer("https://other.test/realms/one")
    #expect(ProviderPreset.recognise(issuer: other, metadata: metadata) == nil)
  }

  @Test("whom assertions are for", arguments: ProviderPreset.all)
  func assertionAudiences(preset: ProviderPreset) {
    #expect(preset.assertionAudience == (preset.name == "glewlwyd" ? .address : .issuer))
  }

  @Test("by name", arguments: ProviderPreset.all.map(\.name))
  func named(name: String) throws {
    #expect(try ProviderPreset.named(name).name == name)
    #expect(ProviderPreset.all.count { $0.name == name } == 1)
  }

  @Test("unknown names", arguments: ["", "Keycloak", "keycloak ", "ke", "oidc", "x\u{1B}[31m"])
  func unknown(name: String) {
    do throws(OAuthError) {
      _ = try ProviderPreset.named(name)
      Issue.record("found")
    } catch {
      #expect(error.code == .requestInvalid)
      for preset in ProviderPreset.all { #expect(error.remedy.contains(preset.name)) }
      #expect(!error.what.contains("\u{1B}"))
    }
  }

  @Test("the default spelling of the host is one whose port is free, if there is any")
  func redirectHosts() {
    for preset in ProviderPreset.all {
      guard case .any(let hosts) = preset.loopbackPorts else { continue }
      #expect(hosts.contains(preset.redirectHost), "\(preset.name)")
    }
  }

  @Test(
    "scopes and parameters of every preset make a request",
    arguments: ProviderPreset.all.indices
  )
  func requests(index: Int) throws {
    let preset = ProviderPreset.all[index]
    let offline = preset.offlineAccess.request
    let request = try AuthorizationRequestTests.request(
      scopes: preset.scopes + offline.scopes,
      extra: offline.extra.map { ($0.key, $0.value) }
    ) { $0.prompts = offline.prompts }
    #expect(request.url.contains("offline_access") == (preset.offlineAccess == .scope))
    #expect(request.url.contains("access_type=offline") == (preset.name == "google"))
    #expect(request.url.contains("prompt=consent") == (preset.name == "google"))
  }
}
