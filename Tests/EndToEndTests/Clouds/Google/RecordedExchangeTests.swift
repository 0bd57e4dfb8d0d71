// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// What gke-gcloud-auth-plugin and gcloud 528 were seen to send, beside what we send.
///
/// Each row is a parameter that was recorded; docs/clouds.md lists what differs on purpose, and nothing else may.
@Suite struct RecordedExchangeTests {
  private static let option = "--application-default-credentials"
  private static let usualScopes =
    "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email"

  @Test func `ADC service_account`() async throws {
    try await GoogleDesk.with { desk in
      let key = try desk.google.serviceAccount("sa@p.iam.gserviceaccount.com", base: desk.base)
      #expect(try await desk.getToken([Self.option], desk.adc(key)).status == 0)
      let request = try #require(desk.google.requests.first)
      #expect(request.line == "POST /google/token")
      #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
      #expect(Set(request.form.keys) == ["assertion", "grant_type"])
      #expect(request.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer")
      let (header, claims) = try parts(try #require(request.form["assertion"]))
      #expect(header == ["alg": "RS256", "typ": "JWT", "kid": key["private_key_id"] ?? .null])
      #expect(Set((claims.object ?? [:]).keys) == ["iss", "scope", "aud", "exp", "iat"])
      #expect(claims["iss"] == "sa@p.iam.gserviceaccount.com")
      #expect(claims["scope"]?.string == Self.usualScopes)
      #expect(claims["aud"]?.string == "\(desk.base)/google/token")
      #expect((claims["exp"]?.int ?? 0) - (claims["iat"]?.int ?? 0) == 3600)
    }
  }

  @Test func `ADC external_account file + impersonation`() async throws {
    try await GoogleDesk.with { desk in
      let pool =
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/o"
      let subject = try desk.desk.lab.assertion(subject: "pod", audience: pool)
      let account = "\(desk.base)/google/v1/projects/-/serviceAccounts/sa@p.iam.gserviceaccount.com"
      let credential: JSONValue = [
        "type": "external_account", "audience": .string(pool),
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": .string("\(desk.base)/google/sts/v1/token"),
        "credential_source": ["file": .string(try desk.desk.file("subject", subject))],
        "service_account_impersonation_url": .string("\(account):generateAccessToken"),
        "service_account_impersonation": ["token_lifetime_seconds": 2800],
      ]
      #expect(try await desk.getToken([Self.option], desk.adc(credential)).status == 0)
      let requests = desk.google.requests
      try #require(requests.count == 2)
      #expect(requests[0].line == "POST /google/sts/v1/token")
      #expect(
        requests[0].form == [
          "audience": pool, "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
          "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
          "scope": "https://www.googleapis.com/auth/cloud-platform", "subject_token": subject,
          "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        ]
      )
      #expect(
        requests[1].line
          == "POST /google/v1/projects/-/serviceAccounts/sa@p.iam.gserviceaccount.com:generateAccessToken"
      )
      try expectImpersonation(requests[1], lifetime: "2800s")
    }
  }

  @Test func `ADC impersonated_service_account`() async throws {
    try await GoogleDesk.with { desk in
      let account = "\(desk.base)/google/v1/projects/-/serviceAccounts/sa@p.iam.gserviceaccount.com"
      let credential: JSONValue = [
        "type": "impersonated_service_account",
        "service_account_impersonation_url": .string("\(account):generateAccessToken"),
        "source_credentials": try desk.google.serviceAccount("sa2@p.example", base: desk.base),
      ]
      #expect(try await desk.getToken([Self.option], desk.adc(credential)).status == 0)
      let requests = desk.google.requests
      try #require(requests.count == 2)
      let (_, claims) = try parts(try #require(requests[0].form["assertion"]))
      #expect(claims["scope"]?.string == Self.usualScopes)
      try expectImpersonation(requests[1], lifetime: "3600s")
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
      let request = try #require(desk.google.requests.first)
      #expect(request.line == "POST /google/sts/v1/oauthtoken")
      #expect(request.headers["authorization"]?.hasPrefix("Basic ") == true)
      #expect(request.form == ["grant_type": "refresh_token", "refresh_token": token])
    }
  }

  @Test func `ADC GCE metadata`() async throws {
    try await GoogleDesk.with { desk in
      let host = String(desk.base.dropFirst("http://".count))
      let variables = ["GCE_METADATA_HOST": host]
      _ = try await desk.answers([Self.option], variables)
      // Recorded as well: a request for the project's id, which is not needed for a token.
      #expect(
        Set(desk.lines) == [
          "GET /computeMetadata/v1/instance/service-accounts/default/token?scopes="
            + "https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform%2C"
            + "https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.email"
        ]
      )
      #expect(desk.google.requests.first?.headers["metadata-flavor"] == "Google")
    }
  }

  @Test func `gcloud config-helper`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      #expect(try await desk.getToken().status == 0)
      let request = try #require(desk.google.requests.first)
      #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
      #expect(
        request.form == [
          "grant_type": "refresh_token", "client_id": GoogleCloud.client.id,
          "client_secret": GoogleCloud.client.secret,
          "refresh_token": desk.google.refreshTokens.first ?? "",
          "scope": "openid https://www.googleapis.com/auth/cloud-platform",
        ]
      )
    }
  }

  @Test func `gcloud config-helper impersonate`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let words = ["--impersonate-service-account", "sa@p.iam.gserviceaccount.com"]
      #expect(try await desk.getToken(words, desk.endpoint).status == 0)
      #expect(
        desk.lines == [
          "POST /google/token",
          "POST /google/v1/projects/-/serviceAccounts/sa@p.iam.gserviceaccount.com:generateAccessToken",
        ]
      )
      try expectImpersonation(try #require(desk.google.requests.last), lifetime: "3600s")
    }
  }

  private func expectImpersonation(_ request: GoogleCloud.Recorded, lifetime: String) throws {
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["authorization"]?.hasPrefix("Bearer ya29.") == true)
    let scopes = Self.usualScopes.split(separator: " ").map { JSONValue.string(String($0)) }
    #expect(
      try JSONValue.parse(request.body) == ["lifetime": .string(lifetime), "scope": .array(scopes)]
    )
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
