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
    "http://127.0.0.1:8080/token", "http://localhost:8080/token", "https://[::1]/token",
  ]) func `to Google and to this machine`(address: String) async throws {
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
  ]) func `to nobody else`(address: String) async {
    let world = World.adc(person(address), [:], [.token("t")])
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
    let world = World.adc(text, [:], [.token("t")]) { $0.files["/subject"] = Array("hush".utf8) }
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
    let plain = World.adc(person("http://sts.example/"), allowed: allowed, [.token("t")])
    #expect(await plain.failure()?.code == .configuration)
    #expect(plain.calls.isEmpty)
  }
}
