// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What gke-gcloud-auth-plugin and gcloud 528 were seen to send, beside what we send.
///
/// The expected requests are those of the recording; docs/clouds.md lists what differs on purpose, and nothing else
/// may.
@Suite struct RecordedExchangeTests {
  private static let option = "--application-default-credentials"
  private static let account = "sa@p.iam.gserviceaccount.com"

  /// Every exchange that was recorded, and the test that has it, or why none has.
  private static let claims = [
    "ADC service_account": "below", "ADC external_account file + impersonation": "below",
    "ADC impersonated_service_account": "below", "ADC external_account_authorized_user": "below",
    "ADC GCE metadata": "below", "CLOUDSDK_AUTH_ACCESS_TOKEN": "below",
    "gcloud config-helper cold": "below", "gcloud config-helper warm (cached)": "below",
    "gcloud config-helper impersonate": "below",
    "ADC none": "ApplicationDefaultTests, nothing at all",
    "ADC missing file env": "ApplicationDefaultTests, a file that is named and missing",
    "plugin via gcloud, cold plugin cache": "the same as config-helper, through the plugin",
    "plugin warm cache": "the plugin's own cache, which is neither read nor written",
  ]

  @Test func `every exchange is one of these`() throws {
    #expect(Set(try RecordedWire.all("gcp.txt").map(\.name)) == Set(Self.claims.keys))
    #expect(
      try RecordedWire.all("gcp.txt").map(\.requests.count) == [
        1, 2, 2, 1, 2, 0, 0, 0, 1, 0, 0, 0, 2,
      ]
    )
  }

  @Test func `ADC service_account`() async throws {
    try await GoogleDesk.with { desk in
      let key = try desk.google.serviceAccount(Self.account, base: desk.base)
      #expect(try await desk.getToken([Self.option], desk.adc(key)).status == 0)
      let theirs = try RecordedWire.named("ADC service_account", in: "gcp.txt").asGoogle
      try expectAssertion(desk.google.requests, theirs, key)
    }
  }

  @Test func `ADC external_account file + impersonation`() async throws {
    try await GoogleDesk.with { desk in
      let pool =
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/o"
      let subject = try desk.desk.lab.assertion(subject: "pod", audience: pool)
      let credential: JSONValue = [
        "type": "external_account", "audience": .string(pool),
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": .string("\(desk.base)/google/sts/v1/token"),
        "credential_source": ["file": .string(try desk.desk.file("subject", subject))],
        "service_account_impersonation_url": .string(impersonation(desk)),
        "service_account_impersonation": ["token_lifetime_seconds": 2800],
      ]
      #expect(try await desk.getToken([Self.option], desk.adc(credential)).status == 0)
      let theirs = try RecordedWire.named(
        "ADC external_account file + impersonation",
        in: "gcp.txt"
      ).asGoogle
      let ours = desk.google.requests
      try #require(ours.count == theirs.count)
      try expect(ours[0], theirs[0], ["subject.jwt": subject])
      try expect(ours[1], theirs[1], bearer(ours[1], theirs[1]))
    }
  }

  @Test func `ADC impersonated_service_account`() async throws {
    try await GoogleDesk.with { desk in
      let key = try desk.google.serviceAccount(Self.account, base: desk.base)
      let credential: JSONValue = [
        "type": "impersonated_service_account", "source_credentials": key,
        "service_account_impersonation_url": .string(impersonation(desk)),
      ]
      #expect(try await desk.getToken([Self.option], desk.adc(credential)).status == 0)
      let theirs = try RecordedWire.named("ADC impersonated_service_account", in: "gcp.txt")
        .asGoogle
      let ours = desk.google.requests
      try #require(ours.count == theirs.count)
      try expectAssertion(Array(ours.prefix(1)), Array(theirs.prefix(1)), key)
      try expect(ours[1], theirs[1], bearer(ours[1], theirs[1]))
    }
  }

  @Test func `ADC external_account_authorized_user`() async throws {
    try await GoogleDesk.with { desk in
      let token = desk.google.signIn("worker@example.com")
      let credential: JSONValue = [
        "type": "external_account_authorized_user", "client_id": .string(GoogleCloud.client.id),
        "client_secret": .string(GoogleCloud.client.secret), "refresh_token": .string(token),
        "token_url": .string("\(desk.base)/google/sts/v1/oauthtoken"),
      ]
      #expect(try await desk.getToken([Self.option], desk.adc(credential)).status == 0)
      let theirs = try RecordedWire.named("ADC external_account_authorized_user", in: "gcp.txt")
        .asGoogle
      try #require(desk.google.requests.count == theirs.count)
      // Recorded with the client cid and its secret cs.
      #expect(theirs[0].headers["authorization"] == "Basic \(basic("cid", "cs"))")
      let own = "Basic \(basic(GoogleCloud.client.id, GoogleCloud.client.secret))"
      try expect(desk.google.requests[0], theirs[0], ["rt": token, "Basic Y2lkOmNz": own])
    }
  }

  @Test func `ADC GCE metadata`() async throws {
    try await GoogleDesk.with { desk in
      let variables = ["GCE_METADATA_HOST": String(desk.base.dropFirst("http://".count))]
      _ = try await desk.answers([Self.option], variables)
      let theirs = try RecordedWire.named("ADC GCE metadata", in: "gcp.txt").asGoogle
      #expect(theirs[0].line == "GET /computeMetadata/v1/project/project-id")
      // That one is left out: a token needs no project.
      for ours in desk.google.requests { try expect(ours, theirs[1]) }
      #expect(!desk.google.requests.isEmpty)
    }
  }

  @Test func `CLOUDSDK_AUTH_ACCESS_TOKEN`() async throws {
    try await GoogleDesk.with { desk in
      let info = """
        {"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","spec":{"interactive":false}}
        """
      let variables = ["CLOUDSDK_AUTH_ACCESS_TOKEN": "ya29.env", "KUBERNETES_EXEC_INFO": info]
      let theirs = try JSONValue.parse(
        try RecordedWire.named("CLOUDSDK_AUTH_ACCESS_TOKEN", in: "gcp.txt").output
      )
      var members = try #require(theirs.object)
      // client-go does not read it.
      #expect(members.removeValue(forKey: "spec") != nil)
      #expect(try await desk.getToken([], variables).credential == .object(members))
      #expect(desk.lines.isEmpty)
    }
  }

  @Test(arguments: ["row", "property"])
  func `gcloud config-helper cold`(host: String) async throws {
    try await GoogleDesk.with { desk in
      try await signIn(desk, host)
      #expect(try await desk.getToken().status == 0)
      let theirs = try RecordedWire.named("gcloud config-helper cold", in: "gcp.txt").asGoogle
      try #require(desk.google.requests.count == theirs.count)
      try expect(desk.google.requests[0], theirs[0], person(desk))
    }
  }

  /// Signs a person in whose row names the token endpoint, or names Google's while gcloud's settings name another.
  private func signIn(_ desk: GoogleDesk, _ host: String) async throws {
    guard host == "property" else { return try await desk.signIn("me@example.com") }
    let credential = desk.google.authorizedUser(
      "me@example.com",
      base: desk.base,
      [
        "scopes": ["openid", "https://www.googleapis.com/auth/cloud-platform"],
        "token_uri": "https://oauth2.googleapis.com/token",
      ]
    )
    try await desk.signIn([("me@example.com", credential)])
    try desk.configure("me@example.com", "[auth]\ntoken_host = \(desk.base)/google/token\n")
  }

  @Test func `gcloud config-helper warm (cached)`() async throws {
    try await GoogleDesk.with { desk in
      let row = GoogleDesk.Token(account: "me@example.com", token: "ya29.tok")
      try await desk.signIn("me@example.com", tokens: [row])
      #expect(try await desk.getToken().token == "ya29.tok")
      #expect(
        try RecordedWire.named("gcloud config-helper warm (cached)", in: "gcp.txt").asGoogle
          == desk.google.requests
      )
    }
  }

  @Test func `gcloud config-helper impersonate`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let words = ["--impersonate-service-account", Self.account]
      #expect(try await desk.getToken(words, desk.endpoint).status == 0)
      let theirs = try RecordedWire.named("gcloud config-helper impersonate", in: "gcp.txt")
        .asGoogle
      let ours = desk.google.requests
      try #require(ours.count == theirs.count)
      try expect(ours[0], theirs[0], person(desk))
      // gcloud asks for the scopes of all its commands; absent and null delegates are the same.
      var body = try #require(try JSONValue.parse(theirs[1].body).object)
      #expect(body["delegates"] == .null && body["scope"]?.array?.count == 6)
      body["delegates"] = nil
      body["scope"] = try JSONValue.parse(
        try RecordedWire.named("ADC impersonated_service_account", in: "gcp.txt").asGoogle[1].body
      )["scope"]
      let wanted = GoogleCloud.Recorded(
        line: theirs[1].line,
        headers: theirs[1].headers,
        body: JSONValue.object(body).text
      )
      try expect(ours[1], wanted, bearer(ours[1], wanted))
    }
  }

  // MARK: comparing

  private func impersonation(_ desk: GoogleDesk) -> String {
    "\(desk.base)/google/v1/projects/-/serviceAccounts/\(Self.account):generateAccessToken"
  }

  /// What the person of the recording is here.
  private func person(_ desk: GoogleDesk) -> [String: String] {
    [
      "cid": GoogleCloud.client.id, "cs": GoogleCloud.client.secret,
      "1//rt": desk.google.refreshTokens.first ?? "",
    ]
  }

  private func basic(_ id: String, _ secret: String) -> String {
    Data("\(id):\(secret)".utf8).base64EncodedString()
  }

  /// The access tokens of two requests, the recorded one first.
  private func bearer(_ ours: GoogleCloud.Recorded, _ theirs: GoogleCloud.Recorded) -> [String:
    String]
  {
    guard let own = ours.headers["authorization"], own.hasPrefix("Bearer ya29."),
      let other = theirs.headers["authorization"]
    else { return [:] }
    return [other: own]
  }

  /// Compares a request with the recorded one: line, every header field, and the body with its fields in their order.
  ///
  /// `values` says what recorded values are here; no `inOrder` is for forms in another order.
  private func expect(
    _ ours: GoogleCloud.Recorded,
    _ theirs: GoogleCloud.Recorded,
    _ values: [String: String] = [:],
    inOrder: Bool = true
  ) throws {
    #expect(ours.line.replacing(" /google/", with: " /") == theirs.line)
    var headers = theirs.headers
    headers["x-goog-api-client"] = nil
    if theirs.line.hasPrefix("POST ") { headers["accept"] = "application/json" }
    headers["authorization"] = headers["authorization"].map { values[$0] ?? $0 }
    #expect(ours.headers == headers)
    guard headers["content-type"] == "application/x-www-form-urlencoded" else {
      guard !theirs.body.isEmpty else { return #expect(ours.body.isEmpty) }
      return #expect(try JSONValue.parse(ours.body) == JSONValue.parse(theirs.body))
    }
    let pairs = (
      ours: ours.pairs.map { [$0.name, $0.value] },
      theirs: theirs.pairs.map { [$0.name, values[$0.value] ?? $0.value] }
    )
    if inOrder {
      #expect(pairs.ours == pairs.theirs)
    } else {
      #expect(pairs.ours.sorted { $0[0] < $1[0] } == pairs.theirs.sorted { $0[0] < $1[0] })
    }
  }

  /// Compares a service account's assertion: the form, the header and the claims.
  private func expectAssertion(
    _ ours: [GoogleCloud.Recorded],
    _ theirs: [GoogleCloud.Recorded],
    _ key: JSONValue
  ) throws {
    try #require(ours.count == 1 && theirs.count == 1)
    let own = try #require(ours[0].form["assertion"])
    let other = try #require(theirs[0].form["assertion"])
    try expect(ours[0], theirs[0], [other: own], inOrder: false)
    let (header, claims) = try parts(own)
    let (theirHeader, theirClaims) = try parts(other)
    var expected = try #require(theirHeader.object)
    expected["kid"] = key["private_key_id"]
    #expect(header.object == expected)
    expected = try #require(theirClaims.object)
    for name in ["iat", "exp"] { expected[name] = claims[name] }
    expected["aud"] = key["token_uri"]
    #expect(claims.object == expected)
    for claims in [claims, theirClaims] {
      #expect((claims["exp"]?.int ?? 0) - (claims["iat"]?.int ?? 0) == 3600)
    }
  }

  private func parts(_ token: String) throws -> (header: JSONValue, claims: JSONValue) {
    let texts = token.split(separator: ".").prefix(2).map(String.init)
    try #require(texts.count == 2)
    return (try JSONValue.parse(base64URL: texts[0]), try JSONValue.parse(base64URL: texts[1]))
  }
}

extension JSONValue {
  /// What base64url (RFC 7515 section 2) of JSON says.
  fileprivate static func parse(base64URL text: String) throws -> JSONValue {
    // A JWS whose claims are the text: the reader of tokens knows base64url.
    let outcome = Outcome(
      status: 0,
      output: "{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"e.\(text).e\"}}",
      errors: ""
    )
    return try outcome.claims
  }
}

extension RecordedWire {
  /// The requests as the lab records its own.
  fileprivate var asGoogle: [GoogleCloud.Recorded] {
    requests.map { GoogleCloud.Recorded(line: $0.line, headers: $0.headers, body: $0.body) }
  }
}
