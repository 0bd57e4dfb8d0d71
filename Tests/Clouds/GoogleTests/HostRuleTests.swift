// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import OAuth
import Testing

/// Where a credential may be sent.
@Suite struct HostRuleTests {
  private func person(_ address: String, universe: String = "") -> String {
    Credential.person(#","token_uri":"\#(address)","universe_domain":"\#(universe)""#)
  }

  @Test(arguments: [
    "https://oauth2.googleapis.com/token", "https://OAuth2.GoogleAPIs.com/token",
    "https://accounts.google.com/o/oauth2/token", "https://www.googleapis.com/oauth2/v4/token",
  ]) func `to Google`(address: String) async throws {
    let world = World.adc(person(address), [:], [.token("t")])
    #expect(try await world.token().token == Secret("t"))
    #expect(world.calls.map(\.url) == [address])
  }

  @Test(arguments: [
    "https://evil.example/token", "https://evilgoogleapis.com/token",
    "https://googleapis.com.evil.example/", "http://oauth2.googleapis.com/token",
    "https://evil.accounts.google.com/", "https://google.com/", "http://127.evil.example/",
    "https://oauth2.googleapis.com@evil.example/", "https://apis.example/token",
    "file:///etc/passwd", "https://2130706433/", "javascript:alert(1)",
    "https://storage.googleapis.com/upload/storage/v1/b/mine/o?uploadType=media&name=x",
    "https://storage.googleapis.com/token", "https://oauth2.googleapis.com/token?x=1",
    "https://oauth2.googleapis.com/token/", "https://oauth2.googleapis.com/",
    "https://oauth2.googleapis.com:8443/token", "https://sts.googleapis.com/v1/token",
    "https://oauth2.storage.googleapis.com/token", "https://googleapis.com/token",
    "https://oauth2.us-east1.googleapis.com/token", "https://accounts.google.com/token",
    "https://www.googleapis.com/oauth2/v4/token?x", "http://127.0.0.1:8080/token",
    "http://localhost:8080/token", "https://[::1]/token",
  ]) func `to nobody else`(address: String) async {
    let world = World.adc(person(address), [:], [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  private static let account = "/v1/projects/-/serviceAccounts/sa@p:generateAccessToken"

  /// The hosts at which the Security Token Service and the one for impersonation may stand, and others like them.
  @Test(arguments: [
    ("sts.googleapis.com", true), ("sts.mtls.googleapis.com", true), ("STS.googleapis.com", true),
    ("sts.us-east1.rep.googleapis.com", true), ("us-east1-sts.googleapis.com", true),
    ("sts.us-east1.googleapis.com", true), ("us-east1.sts.googleapis.com", true),
    ("sts.us-east1.rep.mtls.googleapis.com", true), ("sts-mine.p.googleapis.com", true),
    ("sts.storage.googleapis.com", false), ("storage.sts.googleapis.com", false),
    ("sts.mine.storage.googleapis.com", false), ("mine-sts.googleapis.com", false),
    ("sts..googleapis.com", false), ("sts.rep.googleapis.com", false),
    ("mtls.googleapis.com", false), ("mine.p.googleapis.com", false), ("sts.apis.example", false),
    ("sts.googleapis.com:444", false), ("oauth2.googleapis.com", false),
  ]) func `hosts of two services`(host: String, isRight: Bool) async {
    let other = host.lowercased().replacing("sts", with: "iamcredentials")
    let text = Credential.external(
      #"{"file":"/subject"}"#,
      #","service_account_impersonation_url":"https://\#(other)\#(Self.account)""#
    ).replacing("sts.googleapis.com", with: host)
    let end = HTTPAnswer.json(#"{"accessToken":"u","expireTime":"2099-01-01T00:00:00Z"}"#)
    let world = World.adc(text, [:], [.token("t"), end]) {
      $0.files["/subject"] = Array(Credential.jwt.utf8)
    }
    #expect(await world.failure()?.code == (isRight ? nil : .configuration))
    #expect(world.calls.count == (isRight ? 2 : 0))
  }

  @Test(arguments: [
    "/v1/projects/-/serviceAccounts/sa@p:generateIdToken",
    "/v1/projects/p/serviceAccounts/sa@p:generateAccessToken",
    "/v1/projects/-/serviceAccounts/a/b:generateAccessToken", "/x:generateAccessToken",
    "/v1/projects/-/serviceAccounts/sa@p:generateAccessToken?alt=x",
    "/v1/projects/-/serviceAccounts/:generateAccessToken",
  ]) func `another request of the service for impersonation`(path: String) async {
    let url = "https://iamcredentials.googleapis.com\(path)"
    let text = Credential.impersonating(Credential.person())
      .replacing(Credential.impersonation, with: url)
    let world = World.adc(text, [:], [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test(arguments: [
    "https://sts.googleapis.com/v1/token", "https://sts.googleapis.com/v1/oauthtoken/",
  ])
  func `a workforce login is renewed at its own endpoint`(address: String) async {
    let text = Credential.workforce
      .replacing(#""client_id""#, with: #""token_url":"\#(address)","client_id""#)
    let world = World.adc(text, [:], [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test func `to the credential's own universe`() async throws {
    let address = "https://oauth2.apis.example/token"
    let world = World.adc(person(address, universe: "apis.example"), [:], [.token("t")])
    #expect(try await world.token().token == Secret("t"))
    #expect(world.calls.map(\.url) == [address])
  }

  @Test(arguments: ["example", "*.example", "a..example", ".example", "evil.example/"])
  func `a universe that is no domain`(universe: String) async {
    let world = World.adc(person("https://x.example/", universe: universe), [:], [.token("t")])
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test func `what other files hold does not go to the universe that a file names`() async {
    let text = Credential.external(#"{"file":"/subject"}"#, #","universe_domain":"evil.example""#)
      .replacing("sts.googleapis.com", with: "sts.evil.example")
    let world = World.adc(text, [:], [.token("t")]) {
      $0.files["/subject"] = Array(Credential.jwt.utf8)
    }
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test func `an address for impersonation is looked at before anything is sent`() async {
    let text = Credential.external(
      #"{"file":"/subject"}"#,
      #","service_account_impersonation_url":"https://evil.example/x:generateAccessToken""#
    )
    let world = World.adc(text, [:], [.token("t")]) { $0.files["/subject"] = Array("s".utf8) }
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test func `to others, if the user's own file says so, and then by https`() async throws {
    let allowed: Set = [CloudPermission.googleOtherHosts]
    let world = World.adc(person("https://sts.example/"), allowed: allowed, [.token("t")])
    #expect(try await world.token().token == Secret("t"))
    let here = World.adc(person("http://localhost:1/"), allowed: allowed, [.token("t")])
    #expect(try await here.token().token == Secret("t"))
    let plain = World.adc(person("http://sts.example/"), allowed: allowed, [.token("t")])
    #expect(await plain.failure()?.code == .configuration)
    #expect(plain.calls.isEmpty)
  }
}
