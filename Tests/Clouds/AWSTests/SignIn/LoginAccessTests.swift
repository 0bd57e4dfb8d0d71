// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import Crypto
import EKSToken
import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Console sign-ins (`aws login`), read and renewed.
@Suite struct LoginAccessTests {
  static let config = """
    [profile me]
    login_session = arn:aws:iam::111122223333:user/me
    region = eu-west-1
    """
  static let path =
    "/home/me/.aws/login/cache/"
    + "6eeec053fe13079aaf7fd81065ec5ecbdb93674f20700e51842d0c769b240c8a.json"
  static let pem = (try? key()).map { LoginKey.pem($0).expose() } ?? ""

  static func key() throws -> DPoPKey { try DPoPKey(random: [UInt8](repeating: 7, count: 32)) }

  static func file(expiresAt: String, more: String = "") -> String {
    let pem = pem.replacing("\n", with: "\\n")
    return """
      {"accessToken": {"accessKeyId": "ASIAOLD", "secretAccessKey": "oldsek", "sessionToken": "oldtok",
       "accountId": "111122223333", "expiresAt": "\(expiresAt)"}, "tokenType": "aws_sigv4",
       "clientId": "arn:aws:signin:::devtools/same-device", "refreshToken": "oldrt", "idToken": "a.b.c",
       "dpopKey": "\(pem)"\(more)}
      """
  }

  static let renewal = HTTPAnswer.json(
    """
    {"accessToken":{"accessKeyId":"ASIANEW","secretAccessKey":"newsek","sessionToken":"newtok"},\
    "tokenType":"aws_sigv4","expiresIn":900,"refreshToken":"newrt"}
    """
  )

  private func credentials(_ world: World) async throws -> AWSCredentials {
    let context = try world.context(Self.config)
    return try await LoginCredentials.credentials(of: context.profile("me"), in: context)
  }

  @Test(arguments: try Vectors.cloudRequests().loginTokenCacheFiles)
  func `the session's file`(vector: Vectors.CloudRequests.Session) throws {
    let (session, file) = (vector.login_session, vector.file)
    let plain = AWSEnvironment(home: "/h") { _ in nil }
    #expect(try LoginAccess.path(session, plain) == "/h/.aws/login/cache/\(file)")
    let moved = AWSEnvironment(home: "/h") { $0 == "AWS_LOGIN_CACHE_DIRECTORY" ? "~/x" : nil }
    #expect(try LoginAccess.path(session, moved) == "/h/x/\(file)")
  }

  @Test(arguments: [("2026-11-23T20:58:59Z", 0), ("2026-11-23T20:58:58Z", 1)])
  func `it is renewed from five minutes before its end`(end: String, renewals: Int) async throws {
    let world = World { _ in Self.renewal }
    world.put(Self.file(expiresAt: end), at: Self.path)
    let credentials = try await credentials(world)
    #expect(world.sent.count == renewals)
    #expect(credentials.accessKeyID == (renewals == 0 ? "ASIAOLD" : "ASIANEW"))
    #expect(credentials.expiration == (renewals == 0 ? 1_795_467_539 : 1_795_468_139))
  }

  @Test func `the renewal is what botocore sends, with a proof by the file's key`() async throws {
    let world = World { _ in Self.renewal }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.path)
    _ = try await credentials(world)
    let sent = try #require(world.sent.first)
    #expect(sent.url == "https://eu-west-1.signin.aws.amazon.com/v1/token")
    #expect(sent.headers[.contentType] == "application/json")
    #expect(
      sent.members == [
        "clientId": .string("arn:aws:signin:::devtools/same-device"),
        "grantType": .string("refresh_token"), "refreshToken": .string("oldrt"),
      ]
    )
    let field = try #require(HTTPField.Name("DPoP"))
    let parts = try #require(sent.headers[field]).split(separator: ".")
    let header = try StrictJSON(parsing: try #require(Base64URL.decode(parts[0].utf8)))
    let claims = try StrictJSON(parsing: try #require(Base64URL.decode(parts[1].utf8)))
    #expect(header["typ"] == .string("dpop+jwt"))
    #expect(header["alg"] == .string("ES256"))
    #expect(claims["htm"] == .string("POST"))
    #expect(claims["htu"] == .string(sent.url))
    #expect(claims["iat"] == .integer(1_795_467_239))
    let own = try P256.Signing.PrivateKey(pemRepresentation: Self.pem).publicKey
    let signature = try P256.Signing.ECDSASignature(
      rawRepresentation: try #require(Base64URL.decode(parts[2].utf8))
    )
    #expect(own.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8)))
  }

  @Test func `only the credentials and the refresh token change in the file`() async throws {
    let world = World { _ in Self.renewal }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z", more: #","new":[true]"#), at: Self.path)
    _ = try await credentials(world)
    let members = world.members(Self.path)
    #expect(
      members["accessToken"]
        == .object([
          "accessKeyId": .string("ASIANEW"), "secretAccessKey": .string("newsek"),
          "sessionToken": .string("newtok"), "accountId": .string("111122223333"),
          "expiresAt": .string("2026-11-23T21:08:59Z"),
        ])
    )
    #expect(members["refreshToken"] == .string("newrt"))
    #expect(members["new"] == .array([.bool(true)]))
    #expect(members["idToken"] == .string("a.b.c"))
    #expect(members["dpopKey"] == .string(Self.pem))
  }

  @Test(arguments: [
    (401, "TOKEN_EXPIRED", CloudError.Code.loginNeeded, "has ended"),
    (403, "USER_CREDENTIALS_CHANGED", .loginNeeded, "password"),
    (403, "INSUFFICIENT_PERMISSIONS", .refused, "may not have credentials"),
    (400, "INVALID_REQUEST", .loginNeeded, "INVALID_REQUEST"),
    (500, "server_error", .temporary, "500"), (429, "TOO_MANY", .temporary, "429"),
  ])
  func refusals(status: Int, error: String, code: CloudError.Code, words: String) async throws {
    let world = World { _ in
      .json(#"{"error":"\#(error)","message":"no"}"#, status: status)
    }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.path)
    let found = await outcome { try await credentials(world) }.cloudError
    #expect(found?.code == code)
    #expect(found?.what.contains(words) == true)
    #expect(world.members(Self.path)["refreshToken"] == .string("oldrt"))
    world.put(Self.file(expiresAt: "2026-11-23T20:54:09Z"), at: Self.path)
    #expect(try await credentials(world).accessKeyID == "ASIAOLD")
  }

  @Test(arguments: ["", "{}", "{"])
  func `a file that is missing or damaged`(text: String) async throws {
    let world = World()
    if !text.isEmpty { world.put(text, at: Self.path) }
    let error = await outcome { try await credentials(world) }.cloudError
    #expect(error?.code == .loginNeeded)
    #expect(error?.remedy == "sign in: aws login --profile me")
  }

  @Test func `no region, no service`() async throws {
    let world = World { _ in Self.renewal }
    world.put(Self.file(expiresAt: "2020-01-01T00:00:00Z"), at: Self.path)
    let context = try world.context(Self.config.replacing("region = eu-west-1", with: ""))
    let error = await outcome {
      try await LoginCredentials.credentials(of: context.profile("me"), in: context)
    }.cloudError
    #expect(error?.code == .configuration)
    #expect(world.sent.isEmpty)
  }

  @Test func `keys come back from PEM as they went in`() throws {
    let key = try Self.key()
    let pem = LoginKey.pem(key)
    #expect(pem.expose().hasPrefix("-----BEGIN EC PRIVATE KEY-----\n"))
    #expect(LoginKey.key(pem: pem) == key)
    for text in ["", "x", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----"] {
      #expect(LoginKey.key(pem: Secret(text)) == nil)
    }
  }
}
