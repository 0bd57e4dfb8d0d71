// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import OAuth
import Synchronization
import Testing

/// Files that their owner is writing just now.
@Suite struct TornFileTests {
  private static let folder = "/home/me/.config/gcloud"

  private func outcome(_ world: World, _ request: GoogleRequest = GoogleRequest()) async
    -> (token: Secret?, error: CloudError?)
  {
    do throws(CloudError) {
      return (try await GoogleCredentials.token(request, world.effects).token, nil)
    } catch {
      return (nil, error)
    }
  }

  @Test(arguments: ["", #"{"type":"authorized_user","client_"#])
  func `a credential file is read again`(torn: String) async {
    let world = World.adc(torn, [:], [.token("t")]) {
      $0.later[World.file] = Array(Credential.person().utf8)
    }
    #expect(await outcome(world, GoogleRequest(usesApplicationDefault: true)).token == Secret("t"))
    let left = World.adc(torn)
    let request = GoogleRequest(usesApplicationDefault: true)
    #expect(await outcome(left, request).error?.code == .configuration)
    #expect(left.state.withLock { $0.pauses.count } == 1)
  }

  /// The file that is torn, what it holds, and what it held a moment later.
  static let settings = [
    ("configurations/config_default", "[core]\naccount = me", "[core]\naccount = me@x\n"),
    ("configurations/config_default", "[core]\naccount = me@\u{FF}", "[core]\naccount = me@x\n"),
    ("active_config", "", "work"),
  ]

  @Test(arguments: settings)
  func `gcloud's settings are read again`(name: String, torn: String, whole: String) async {
    let world = World { state in
      state.files["\(Self.folder)/configurations/config_work"] = Array("[core]\naccount=me@x".utf8)
      state.files["\(Self.folder)/\(name)"] = Array(torn.utf8)
      state.later["\(Self.folder)/\(name)"] = Array(whole.utf8)
      state.rows["\(Self.folder)/credentials.db"] = [
        [Array("me@x".utf8), Array(Credential.person().utf8)]
      ]
      state.answers = [.token("t")]
    }
    #expect(await outcome(world).token == Secret("t"))
  }

  @Test func `application default credentials do without gcloud's settings`() async {
    let world = World.adc(Credential.person(), [:], [.token("t")]) { state in
      state.files["\(Self.folder)/active_config"] = Array("../x".utf8)
    }
    #expect(await outcome(world, GoogleRequest(usesApplicationDefault: true)).token == Secret("t"))
    #expect(await outcome(world).error?.code == .configuration)
  }

  // MARK: a credential that is given

  @Test func `a credential of the user's own configuration goes before everything`() async {
    let world = World.adc("{", ["CLOUDSDK_CORE_ACCOUNT": "me@x"], [.token("t"), .token("u")])
    var request = GoogleRequest()
    request.given = GoogleRequest.GivenCredential(name: "prod", text: Secret(Credential.person()))
    #expect(await outcome(world, request).token == Secret("t"))
    #expect(await outcome(world, request).token == Secret("t"), "kept by what it is")
    request.given?.text = Secret(Credential.person(#","x":1"#))
    #expect(await outcome(world, request).token == Secret("u"))
    request.given?.text = Secret("hush")
    let error = await outcome(world, request).error
    #expect(error?.code == .configuration && error?.what.contains("prod") == true)
    #expect(error?.what.contains("hush") == false)
  }

  // MARK: certificates

  @Test func `another certificate is another identity`() async throws {
    let source = #"{"certificate":{"certificate_config_location":"/c"}}"#
    let type = "urn:ietf:params:oauth:token-type:mtls"
    func pem(_ body: String) -> [UInt8] {
      Array("-----BEGIN CERTIFICATE-----\n\(body)\n-----END CERTIFICATE-----\n".utf8)
    }
    let world = World.adc(Credential.external(source, type: type), [:], [.token("1"), .token("2")])
    {
      let text = #"{"cert_configs":{"workload":{"cert_path":"/crt","key_path":"/key"}}}"#
      $0.files = $0.files.merging(["/c": Array(text.utf8), "/crt": pem("QUFB"), "/key": [1]]) { $1 }
    }
    let first = try await world.token()
    #expect(first.files.contains("/crt"))
    #expect(try await world.token().token == Secret("1"))
    world.state.withLock { $0.files["/crt"] = pem("QkJC") }
    #expect(try await world.token().token == Secret("2"))
  }
}
