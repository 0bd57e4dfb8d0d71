// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which credential is used, what is asked, and what is kept.
@Suite struct GoogleCredentialsTests {
  private static let folder = "/home/me/.config/gcloud"
  private static let adc = "\(folder)/application_default_credentials.json"

  private static func person(_ refreshToken: String, _ more: String = "") -> [UInt8] {
    Array(
      "{\"type\":\"authorized_user\",\"client_id\":\"c\",\"client_secret\":\"s\",\"refresh_token\":\"\(refreshToken)\"\(more)}"
        .utf8
    )
  }

  /// gcloud's files: an account, and a token that lives so many seconds.
  private static func signIn(
    _ state: inout World.State,
    _ account: String = "me@x",
    life: Double? = nil
  ) {
    state.files["\(folder)/configurations/config_default"] = Array(
      "[core]\naccount = \(account)\n".utf8
    )
    state.rows["\(folder)/credentials.db"] = [
      [Array("me@x".utf8), person("rt", ",\"scopes\":[\"openid\"]")],
      [Array("me@x#apis.example".utf8), person("rt-u", ",\"universe_domain\":\"apis.example\"")],
    ]
    guard let life else { return }
    let text = World.now.addingTimeInterval(life).ISO8601Format()
      .replacing("T", with: " ").replacing("Z", with: ".5")
    state.rows["\(folder)/access_tokens.db"] = [
      [Array("me@x".utf8), Array("ya29.row".utf8), Array(text.utf8), Array("proof".utf8)]
    ]
  }

  private func token(_ world: World, _ request: GoogleRequest = GoogleRequest())
    async throws -> CloudToken
  {
    try await GoogleCredentials.token(request, world.effects)
  }

  @Test(arguments: [
    (301.0, [String](), false, true), (299, [], false, false), (3000, ["a"], false, false),
    (3000, [], true, false), (-100, [], false, false),
  ]) func `when gcloud's own token will do`(
    life: Double,
    scopes: [String],
    isRejected: Bool,
    isUsed: Bool
  ) async throws {
    let world = World(isRejected: isRejected) {
      Self.signIn(&$0, life: life)
      $0.answers = [.token("new")]
    }
    let got = try await token(world, GoogleRequest(scopes: scopes))
    #expect(got.token == Secret(isUsed ? "ya29.row" : "new"))
    #expect(world.calls.isEmpty == isUsed)
  }

  @Test func `a renewal as gcloud sends it, with its proof of a recent sign-in`() async throws {
    let world = World {
      Self.signIn(&$0, life: 10)
      $0.answers = [.token("new")]
    }
    let got = try await token(world)
    let call = try #require(world.calls.first)
    #expect(call.url == "https://oauth2.googleapis.com/token")
    #expect(
      call.form == [
        "grant_type": "refresh_token", "client_id": "c", "client_secret": "s",
        "refresh_token": "rt", "scope": "openid", "rapt": "proof",
      ]
    )
    #expect(got.files.contains("\(Self.folder)/credentials.db"))
    #expect(got.files.count <= 4)
  }

  @Test func `access tokens that cannot be read are done without`() async throws {
    let world = World {
      Self.signIn(&$0, life: 3000)
      let held = CloudError(.temporary, "held", remedy: "wait")
      $0.failures["\(Self.folder)/access_tokens.db"] = held
      $0.answers = [.token("new")]
    }
    #expect(try await token(world).token == Secret("new"))
  }

  @Test func `sign-ins that cannot be read are an error, of their own kind`() async {
    let world = World {
      Self.signIn(&$0)
      let held = CloudError(.temporary, "held", remedy: "wait")
      $0.failures["\(Self.folder)/credentials.db"] = held
    }
    await #expect { try await token(world) } throws: { ($0 as? CloudError)?.code == .temporary }
  }

  @Test func `another universe has accounts and hosts of its own`() async throws {
    let world = World(["CLOUDSDK_CORE_UNIVERSE_DOMAIN": "apis.example"]) {
      Self.signIn(&$0)
      $0.answers = [
        .token("one"), .json(#"{"accessToken":"two","expireTime":"2099-01-01T00:00:00Z"}"#),
      ]
    }
    let got = try await token(world, GoogleRequest(impersonation: ["d@p", "sa@p"]))
    #expect(got.token == Secret("two"))
    #expect(
      world.calls.map(\.url) == [
        "https://oauth2.googleapis.com/token",
        "https://iamcredentials.apis.example/v1/projects/-/serviceAccounts/sa@p:generateAccessToken",
      ]
    )
    #expect(world.calls[0].form["refresh_token"] == "rt-u")
    #expect(String(decoding: world.calls[1].body, as: UTF8.self).contains("serviceAccounts/d@p"))
  }

  /// Variables and files, and the refresh token that has to be spent; nil: an error, with nobody asked.
  struct Place: Sendable, CustomTestStringConvertible {
    let variables: [String: String]
    var files: [String: String] = [:]
    var request = GoogleRequest()
    let spent: String?
    var testDescription: String { "\(variables.keys.sorted()) \(files.keys.sorted())" }
  }

  static let places = [
    Place(variables: [:], files: [adc: "adc"], spent: "adc"),
    Place(
      variables: ["GOOGLE_APPLICATION_CREDENTIALS": "/k"],
      files: [adc: "adc", "/k": "named"],
      spent: "named"
    ),
    Place(variables: ["GOOGLE_APPLICATION_CREDENTIALS": "/k"], files: [adc: "adc"], spent: nil),
    Place(
      variables: ["CLOUDSDK_CONFIG": "/c"],
      files: [adc: "adc", "/c/application_default_credentials.json": "other"],
      spent: "other"
    ),
    Place(variables: [:], files: [:], spent: nil),
    Place(
      variables: ["CLOUDSDK_CORE_ACCOUNT": "you@x"],
      files: [adc: "adc"],
      spent: nil
    ),
    Place(
      variables: ["CLOUDSDK_CORE_ACCOUNT": "you@x"],
      files: [adc: "adc"],
      request: GoogleRequest(usesApplicationDefault: true),
      spent: "adc"
    ),
    Place(
      variables: [
        "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE": "/o", "CLOUDSDK_CORE_ACCOUNT": "you@x",
      ],
      files: [adc: "adc", "/o": "override"],
      spent: "override"
    ),
    Place(
      variables: ["CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE": "/o"],
      files: [adc: "adc"],
      spent: nil
    ),
    Place(
      variables: ["CLOUDSDK_ACTIVE_CONFIG_NAME": "../x"],
      files: [adc: "adc"],
      spent: nil
    ),
  ]

  @Test(arguments: places) func `where credentials are looked for`(place: Place) async throws {
    let variables = place.variables.merging(["NO_GCE_CHECK": "true"]) { $1 }
    let world = World(variables) {
      $0.files = place.files.mapValues { Self.person($0) }
      $0.answers = [.token("t")]
    }
    guard let spent = place.spent else {
      await #expect(throws: CloudError.self) { try await token(world, place.request) }
      #expect(world.calls.isEmpty)
      return
    }
    #expect(try await token(world, place.request).token == Secret("t"))
    #expect(world.calls.map { $0.form["refresh_token"] } == [spent])
  }

  @Test func `scopes of a person are asked for only if they were named`() async throws {
    for (scopes, expected) in [([String](), String?.none), (["a", "b"], "a b")] {
      let world = World {
        $0.files[Self.adc] = Self.person("r")
        $0.answers = [.token("t")]
      }
      _ = try await token(world, GoogleRequest(scopes: scopes, usesApplicationDefault: true))
      #expect(world.calls.first?.form["scope"] == expected)
    }
  }

  // MARK: metadata

  private static func flavored(_ text: String, status: Int = 200) -> HTTPAnswer {
    var headers = HTTPFields()
    if let name = HTTPField.Name("Metadata-Flavor") { headers[name] = "Google" }
    return .json(text, status: status, headers)
  }

  @Test func `the metadata server comes last, is asked directly, and its tokens are not kept`()
    async throws
  {
    let world = World {
      $0.answers = [
        Self.flavored("", status: 200), Self.flavored(#"{"access_token":"m","expires_in":300}"#),
      ]
    }
    #expect(try await token(world).token == Secret("m"))
    #expect(world.direct.count == 2)
    #expect(world.kept.isEmpty)
    #expect(world.direct.first?.url == "http://169.254.169.254/")
  }

  @Test func `another cloud's metadata server is none`() async {
    let world = World { $0.answers = [.json("", status: 200)] }
    await #expect { try await token(world) } throws: { ($0 as? CloudError)?.code == .loginNeeded }
    #expect(world.calls.count == 1)
  }

  @Test(arguments: [
    "evil.example", "evil.example:80", "127.0.0.1/x", "169.254.169.254.evil.example",
  ])
  func `a metadata server elsewhere is refused`(host: String) async {
    let world = World(["GCE_METADATA_HOST": host])
    await #expect { try await token(world) } throws: { ($0 as? CloudError)?.code == .configuration }
    #expect(world.calls.isEmpty)
  }

  // MARK: what is kept

  @Test func `identities`() async throws {
    func kept(_ request: GoogleRequest, _ refreshToken: String = "r") async throws -> KeptIdentity {
      let world = World {
        $0.files[Self.adc] = Self.person(refreshToken)
        $0.answers = [
          .token("t"), .json(#"{"accessToken":"two","expireTime":"2099-01-01T00:00:00Z"}"#),
        ]
      }
      _ = try await token(world, request)
      return try #require(world.kept.first)
    }
    let plain = try await kept(GoogleRequest())
    #expect(try await kept(GoogleRequest(usesApplicationDefault: true)) == plain)
    #expect(try await kept(GoogleRequest(scopes: GoogleRequest.usualScopes.reversed())) == plain)
    let others = [
      try await kept(GoogleRequest(), "r2"), try await kept(GoogleRequest(scopes: ["a"])),
      try await kept(GoogleRequest(impersonation: ["sa@p"])),
      try await kept(GoogleRequest(impersonation: ["d@p", "sa@p"])),
    ]
    #expect(Set(others + [plain]).count == 5)
    for identity in others + [plain] {
      #expect(!"\(identity)".contains("r2"), "the refresh token itself is in no identity")
    }
  }

  @Test func `an access token that is given is handed on as it is`() async throws {
    let world = World(["CLOUDSDK_AUTH_ACCESS_TOKEN": "ya29.env"]) { Self.signIn(&$0, life: 3000) }
    let got = try await token(world)
    #expect(got.token == Secret("ya29.env") && got.expiry == nil)
    #expect(world.kept.isEmpty && world.calls.isEmpty)
  }

  @Test(arguments: ["", "two words here", "-----BEGIN\nPRIVATE KEY-----", "\u{7F}"])
  func `a file without a token in it is not handed on`(text: String) async {
    let world = World(["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": "/t"]) {
      $0.files["/t"] = Array(text.utf8)
    }
    await #expect { try await token(world) } throws: { ($0 as? CloudError)?.code == .configuration }
  }
}
