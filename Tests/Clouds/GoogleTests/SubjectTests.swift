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

/// What is sent as a subject token, and where it may come from.
@Suite struct SubjectTests {
  private static func type(_ name: String) -> String { "urn:ietf:params:oauth:token-type:\(name)" }

  private static let assertion =
    "<saml2p:Response xmlns:saml2p=\"urn:oasis:names:tc:SAML:2.0:protocol\">…</saml2p:Response>"

  private static let encoded = Data(assertion.utf8).base64EncodedString()

  private static let key = """
    -----BEGIN OPENSSH PRIVATE KEY-----
    b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
    -----END OPENSSH PRIVATE KEY-----

    """

  /// Types, what lies in the file, and whether it is sent.
  static let files: [(String, String, Bool)] = [
    ("jwt", Credential.jwt, true), ("id_token", Credential.jwt + "\n", true),
    ("saml2", assertion, true), ("saml2", encoded, true),
    (
      "saml2", encoded.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""),
      true
    ),
    ("access_token", "opaque", true),
    ("jwt", key, false), ("id_token", key, false), ("saml2", key, false),
    ("access_token", key, false), ("jwt", "a.b.c", false), ("jwt", "subject", false),
    ("jwt", "eyJhbGciOiJSUzI1NiJ9.e30", false), ("jwt", "eyJhbGciOiJSUzI1NiJ9.e30.", false),
    ("jwt", "e30.e30.c2ln", false), ("jwt", "eyJhbGciOiJSUzI1NiJ9.e 30.c2ln", false),
    ("jwt", Credential.jwt + "\n" + Credential.jwt, false),
    ("jwt", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln" + String(repeating: "A", count: 70_000), false),
    ("saml2", "<settings><password>x</password></settings>", false),
    ("saml2", Data("secret".utf8).base64EncodedString(), false), ("saml2", "c2ln", false),
    ("access_token", "two words", false), ("access_token", "two\nlines", false),
    ("other", "two words", false),
  ]

  @Test(arguments: files)
  func `only what looks like such a token`(type: String, content: String, isSent: Bool) async {
    let text = Credential.external(#"{"file":"/f"}"#, type: Self.type(type))
    let world = World.adc(text, [:], [.token("t")]) { $0.files["/f"] = Array(content.utf8) }
    #expect(await world.failure()?.code == (isSent ? nil : .configuration))
    #expect(world.calls.isEmpty == !isSent)
  }

  @Test func `nothing of what is not sent is in the message`() async {
    let text = Credential.external(#"{"file":"/f"}"#)
    let world = World.adc(text) { $0.files["/f"] = Array("hush".utf8) }
    #expect(await world.failure()?.what.contains("hush") == false)
  }

  // MARK: addresses

  private static let azure =
    "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api://x"
  private static let format =
    #","format":{"type":"json","subject_token_field_name":"access_token"}}"#

  private func world(
    _ url: String,
    _ headers: String,
    format: String = format,
    allowed: Set<CloudPermission> = []
  ) -> World {
    let source = #"{"url":"\#(url)","headers":{\#(headers)}\#(format)"#
    let answer = HTTPAnswer.json(#"{"access_token":"\#(Credential.jwt)"}"#)
    return .adc(Credential.external(source), allowed: allowed, [answer, .token("t")])
  }

  @Test(arguments: [azure, azure + "&client_id=1"])
  func `a workload of Azure`(url: String) async throws {
    let world = world(url, #""Metadata":"True""#)
    #expect(try await world.token().token == Secret("t"))
    #expect(world.direct.map(\.url) == [url])
    #expect(world.calls.last?.form["subject_token"] == Credential.jwt)
  }

  /// Addresses and header fields that a file may not have asked for.
  static let refused = [
    ("http://169.254.169.254/latest/meta-data/iam/security-credentials/role", ""),
    ("http://169.254.169.254/latest/api/token", #""X-aws-ec2-metadata-token-ttl-seconds":"1""#),
    ("http://169.254.169.254/computeMetadata/v1/x", #""Metadata-Flavor":"Google""#),
    ("http://[fd00:ec2::254]/latest", ""), ("http://169.254.170.2/v2/credentials", ""),
    (
      "https://169.254.169.254/metadata/identity/oauth2/token?api-version=1&resource=x",
      #""Metadata":"True""#
    ),
    ("http://metadata.google.internal/computeMetadata/v1/x", #""Metadata-Flavor":"Google""#),
    ("https://metadata.google.internal/computeMetadata/v1/x", #""Metadata-Flavor":"Google""#),
    ("https://METADATA.goog/x", ""), (azure, ""), (azure, #""Metadata":"True","X":"y""#),
    (azure + "&mi_res_id=x", #""Metadata":"True""#), (azure + "&resource=y", #""Metadata":"True""#),
    ("http://169.254.169.254/metadata/instance?api-version=1&resource=x", #""Metadata":"True""#),
    (
      "http://169.254.169.254:81/metadata/identity/oauth2/token?api-version=1&resource=x",
      #""Metadata":"True""#
    ),
    ("https://host.example/", #""Host":"other""#),
    ("https://host.example/", #""Transfer-Encoding":"chunked""#),
    ("https://host.example/", #""X":"\#(String(repeating: "y", count: 20_000))""#),
    ("https://host.example/", (0..<17).map { #""X\#($0)":"y""# }.joined(separator: ",")),
  ]

  @Test(arguments: refused)
  func `a file cannot have just anything asked`(url: String, headers: String) async {
    let world = world(url, headers)
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test func `Azure's address for another answer than its token`() async {
    let format =
      #","format":{"type":"json","subject_token_field_name":"client_id"}}"#
    let world = world(Self.azure, #""Metadata":"True""#, format: format)
    #expect(await world.failure()?.code == .configuration)
    #expect(world.calls.isEmpty)
  }

  @Test func `another metadata service, if the user's own file says so`() async throws {
    let world = world("http://169.254.169.254/other", "", allowed: [.googleOtherHosts])
    #expect(try await world.token().token == Secret("t"))
    #expect(world.direct.count == 1)
  }

  @Test func `an address on the web, with what its owner wants to see`() async throws {
    let world = world("https://host.example/token?audience=x", #""Authorization":"bearer y""#)
    #expect(try await world.token().token == Secret("t"))
    #expect(world.calls.first?.headers[.authorization] == "bearer y")
  }
}
