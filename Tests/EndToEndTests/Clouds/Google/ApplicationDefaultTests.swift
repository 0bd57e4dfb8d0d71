// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Application Default Credentials of every type, against the lab's Google.
@Suite struct ApplicationDefaultTests {
  private static let option = "--application-default-credentials"
  private static let pool =
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/o"
  private static let account = "sa@p.iam.gserviceaccount.com"

  /// An external account with this source.
  private func external(
    _ desk: GoogleDesk,
    _ source: JSONValue,
    type: String = "urn:ietf:params:oauth:token-type:jwt",
    impersonates: Bool = false
  ) -> JSONValue {
    var members: [String: JSONValue] = [
      "type": "external_account", "audience": .string(Self.pool),
      "subject_token_type": .string(type), "token_url": .string("\(desk.base)/google/sts/v1/token"),
      "credential_source": source,
    ]
    if impersonates {
      members["service_account_impersonation_url"] = .string(
        "\(desk.base)/google/v1/projects/-/serviceAccounts/\(Self.account):generateAccessToken"
      )
      members["service_account_impersonation"] = ["token_lifetime_seconds": 2800]
    }
    return .object(members)
  }

  private func token(_ desk: GoogleDesk, _ credential: JSONValue, _ more: [String: String] = [:])
    async throws -> Outcome
  {
    try await desk.getToken([Self.option], desk.adc(credential).merging(more) { $1 })
  }

  @Test func `a person, at gcloud's place, though gcloud is signed in as another`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let person = desk.google.authorizedUser("adc@example.com", base: desk.base)
      try PrivateFile.write(
        person.text,
        to: "\(desk.gcloud)/application_default_credentials.json"
      )
      #expect(try await desk.user(of: desk.getToken()) == "me@example.com")
      #expect(try await desk.user(of: desk.getToken([Self.option])) == "adc@example.com")
      // The plugin's own spelling.
      let old = try await desk.getToken(["--use_application_default_credentials"])
      #expect(try await desk.user(of: old) == "adc@example.com")
    }
  }

  @Test func `the folder that CLOUDSDK_CONFIG names`() async throws {
    try await GoogleDesk.with { desk in
      let person = desk.google.authorizedUser("adc@example.com", base: desk.base)
      try PrivateFile.makeFolder("\(desk.desk.folder)/elsewhere")
      try PrivateFile.write(
        person.text,
        to: "\(desk.desk.folder)/elsewhere/application_default_credentials.json"
      )
      let variables = ["CLOUDSDK_CONFIG": "\(desk.desk.folder)/elsewhere"]
      #expect(try await desk.user(of: desk.getToken([], variables)) == "adc@example.com")
    }
  }

  @Test func `a file that is named and missing is an error, and nothing else is tried`()
    async throws
  {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let variables = ["GOOGLE_APPLICATION_CREDENTIALS": "\(desk.desk.folder)/nope.json"]
      let result = try await desk.getToken([Self.option], variables)
      #expect(result.status == 7)
      #expect(result.errors.contains("nope.json"), "\(result.errors)")
    }
  }

  @Test func `a service account's key, and the same after its file changed`() async throws {
    try await GoogleDesk.with { desk in
      for name in ["one", "two"] {
        let email = "\(name)@lab.iam.gserviceaccount.com"
        let key = try desk.google.serviceAccount(email, base: desk.base)
        #expect(try await desk.user(of: token(desk, key)) == email)
        #expect(try await desk.user(of: token(desk, key)) == email)
      }
      #expect(desk.lines == ["POST /google/token", "POST /google/token"])
    }
  }

  @Test func `a service account of another universe signs its token itself`() async throws {
    try await GoogleDesk.with { desk in
      var key = try #require(
        try desk.google.serviceAccount("sa@lab.example", base: desk.base).object
      )
      key["universe_domain"] = "apis.example"
      let result = try await token(desk, .object(key))
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.claims["sub"]?.string == "sa@lab.example")
      #expect(try result.claims["scope"]?.string?.contains("cloud-platform") == true)
      #expect(desk.lines.isEmpty)
    }
  }

  @Test(arguments: ["text", "json"])
  func `a token in a file, read again when it was rotated`(format: String) async throws {
    try await GoogleDesk.with { desk in
      let path = "\(desk.desk.folder)/subject"
      let source: JSONValue = [
        "file": .string(path),
        "format": format == "text"
          ? ["type": "text"] : ["type": "json", "subject_token_field_name": "t"],
      ]
      for name in ["pod-1", "pod-2"] {
        let subject = try desk.desk.lab.assertion(subject: name, audience: Self.pool)
        let text =
          format == "text" ? subject + "\n" : JSONValue.object(["t": .string(subject)]).text
        try PrivateFile.write(text, to: path)
        #expect(
          try await desk.user(of: token(desk, external(desk, source))) == "principal://iam/\(name)"
        )
      }
    }
  }

  @Test func `a token in a file, and a service account to act as`() async throws {
    try await GoogleDesk.with { desk in
      let subject = try desk.desk.lab.assertion(subject: "pod", audience: Self.pool)
      let source: JSONValue = ["file": .string(try desk.desk.file("subject", subject))]
      let result = try await token(desk, external(desk, source, impersonates: true))
      #expect(try await desk.user(of: result) == Self.account)
    }
  }

  @Test func `a token from an address`() async throws {
    try await GoogleDesk.with { desk in
      let service = try await Lab.start()
      let subject = try desk.desk.lab.assertion(subject: "job", audience: Self.pool)
      service.faults.set(
        try Fault(
          "status",
          endpoint: "userinfo",
          times: nil,
          parameters: [
            "code": "200", "type": "application/json", "body": "{\"value\":\"\(subject)\"}",
          ]
        )
      )
      let source: JSONValue = [
        "url": .string("\(service.issuer)/userinfo"), "headers": ["Authorization": "bearer x"],
        "format": ["type": "json", "subject_token_field_name": "value"],
      ]
      let result = try await token(desk, external(desk, source))
      #expect(try await desk.user(of: result) == "principal://iam/job")
      await service.stop()
    }
  }

  @Test func `a program, if both the variable and the user's own file allow it`() async throws {
    try await GoogleDesk.with { desk in
      let subject = try desk.desk.lab.assertion(subject: "program", audience: Self.pool)
      let type = "urn:ietf:params:oauth:token-type:id_token"
      let answer: JSONValue = [
        "version": 1, "success": true, "token_type": .string(type), "id_token": .string(subject),
      ]
      let file = try desk.desk.file("answer", answer.text)
      let ran = "\(desk.desk.folder)/ran"
      let program = try desk.desk.file(
        "program",
        "#!/bin/sh\nenv > \(ran)\n[ \"$GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE\" ] && cat \(file)\n"
      )
      #expect(try await ProcessRunner.run(["chmod", "700", program]).status == 0)
      let source: JSONValue = ["executable": ["command": .string(program)]]
      let credential = external(desk, source, type: type)
      let variable = ["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"]
      #expect(try await token(desk, credential).status == 7)
      let refused = try await token(desk, credential, variable)
      #expect(refused.status == 7)
      #expect(refused.errors.contains("google-executable"), "\(refused.errors)")
      #expect(throws: (any Error).self) { try PrivateFile.read(ran) }
      try desk.allow("google-executable")
      #expect(try await token(desk, credential).status == 7)
      let result = try await token(desk, credential, variable)
      #expect(try await desk.user(of: result) == "principal://iam/program")
      #expect(try PrivateFile.read(ran).contains("GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE=0"))
    }
  }

  @Test func `a workload that shows a certificate, and another one after that`() async throws {
    try await GoogleDesk.with(certificates: true) { desk in
      let paths = ["workload.pem", "workload.key"].map { "\(desk.desk.folder)/\($0)" }
      let configuration: JSONValue = [
        "cert_configs": [
          "workload": ["cert_path": .string(paths[0]), "key_path": .string(paths[1])]
        ]
      ]
      let file = try desk.desk.file("certificate_config.json", configuration.text)
      let source: JSONValue = ["certificate": ["certificate_config_location": .string(file)]]
      let credential = external(desk, source, type: "urn:ietf:params:oauth:token-type:mtls")
      try desk.configure(
        adding: "authorities: [\(try desk.desk.file("ca.pem", desk.desk.lab.caPEM))]"
      )
      for name in ["one", "two"] {
        let made = try desk.desk.lab.issueClientCertificate(name)
        try PrivateFile.write(made.certificatePEM, to: paths[0])
        try PrivateFile.write(made.keyPEM, to: paths[1])
        for _ in 0..<2 {
          let result = try await token(desk, credential)
          #expect(try await desk.user(of: result) == "principal://iam/CN=\(name)")
        }
      }
      #expect(desk.lines.count == 2)
    }
  }

  @Test func `a workload of AWS`() async throws {
    try await GoogleDesk.with { desk in
      let source: JSONValue = [
        "environment_id": "aws1",
        "regional_cred_verification_url":
          "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
      ]
      let credential = external(desk, source, type: "urn:ietf:params:aws:token-type:aws4_request")
      let variables = [
        "AWS_REGION": "us-east-2", "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      ]
      let result = try await token(desk, credential, variables)
      #expect(try await desk.user(of: result) == "principal://iam/AKIAIOSFODNN7EXAMPLE")
    }
  }

  @Test func `a service account that a key acts as, through a delegate`() async throws {
    try await GoogleDesk.with { desk in
      let key = try desk.google.serviceAccount("key@lab.iam.gserviceaccount.com", base: desk.base)
      let url =
        "\(desk.base)/google/v1/projects/-/serviceAccounts/\(Self.account):generateAccessToken"
      let credential: JSONValue = [
        "type": "impersonated_service_account", "service_account_impersonation_url": .string(url),
        "delegates": ["between@lab.iam.gserviceaccount.com"], "source_credentials": key,
      ]
      #expect(try await desk.user(of: token(desk, credential)) == Self.account)
      let body = try #require(desk.google.requests.last.map { try JSONValue.parse($0.body) })
      #expect(
        body["delegates"]
          == ["projects/-/serviceAccounts/between@lab.iam.gserviceaccount.com"]
      )
    }
  }

  @Test func `the metadata server, which gives no other machine's token`() async throws {
    try await GoogleDesk.with { desk in
      let host = String(desk.base.dropFirst("http://".count))
      let variables = ["GCE_METADATA_HOST": host]
      let result = try await desk.answers([], variables)
      #expect(try await desk.user(of: result) == "machine@developer.gserviceaccount.com")
      let elsewhere = try await desk.getToken([], ["GCE_METADATA_HOST": "metadata.example.com"])
      #expect(elsewhere.status == 7, "\(elsewhere.errors)")
    }
  }

  @Test func `a metadata server that ought to be there is waited for, not signed in without`()
    async throws
  {
    try await GoogleDesk.with { desk in
      // Nobody listens on the first port; without the switch of the desk the server is looked for.
      let variables = ["GCE_METADATA_IP": "127.0.0.1:1", "NO_GCE_CHECK": ""]
      let result = try await desk.getToken([], variables)
      #expect(result.status == 5, "\(result.errors)")
      #expect(result.errors.contains("NO_GCE_CHECK=true"), "\(result.errors)")
    }
  }

  @Test func `a credential that a secrets manager gives`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let key = try desk.google.serviceAccount("ci@lab.iam.gserviceaccount.com", base: desk.base)
      let file = try desk.desk.file("vault", key.text)
      try desk.configure(secrets: "prod: {command: [cat, \(file)]}")
      let words = ["--credentials-from", "prod"]
      let first = try await desk.getToken(words)
      #expect(try await desk.user(of: first) == "ci@lab.iam.gserviceaccount.com")
      // A verbose run is another ready credential of the same identity.
      #expect(try await desk.getToken(words + ["-v"]).token == first.token)
      #expect(desk.lines == ["POST /google/token"])
      let unknown = try await desk.getToken(["--credentials-from", "other"])
      #expect(unknown.status == 7)
      #expect(unknown.errors.contains("--credentials-from names other"), "\(unknown.errors)")
      #expect(try await desk.getToken(words + ["--account", "me@example.com"]).status == 2)
    }
  }

  @Test func `gcloud's settings are not needed for them, and may be broken`() async throws {
    try await GoogleDesk.with { desk in
      try desk.configure("me@example.com", named: "default")
      try PrivateFile.write("../../x", to: "\(desk.gcloud)/active_config")
      let person = desk.google.authorizedUser("adc@example.com", base: desk.base)
      #expect(try await desk.user(of: token(desk, person)) == "adc@example.com")
      #expect(try await desk.getToken().status == 7)
    }
  }

  @Test func `a key that a file calls a subject token does not leave`() async throws {
    try await GoogleDesk.with { desk in
      let key =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n"
      let source: JSONValue = ["file": .string(try desk.desk.file("id_ed25519", key))]
      let types = ["jwt", "id_token", "saml2", "access_token"]
      for type in types {
        let credential = external(desk, source, type: "urn:ietf:params:oauth:token-type:\(type)")
        let result = try await token(desk, credential)
        #expect(result.status == 7, "\(result.errors)")
        #expect(!result.errors.contains("b3Blb"))
      }
      #expect(desk.lines.isEmpty)
    }
  }

  @Test func `a file cannot have a metadata service asked`() async throws {
    try await GoogleDesk.with { desk in
      try desk.desk.allow([])
      let source: JSONValue = [
        "url":
          "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/identity",
        "headers": ["Metadata-Flavor": "Google"],
      ]
      var credential = try #require(external(desk, source).object)
      credential["token_url"] = "https://sts.googleapis.com/v1/token"
      let result = try await token(desk, .object(credential))
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.errors.contains("metadata service at 169.254.169.254"), "\(result.errors)")
    }
  }

  @Test func `nothing at all`() async throws {
    try await GoogleDesk.with { desk in
      let result = try await desk.getToken()
      #expect(result.status == 3)
      #expect(result.errors.contains("run: gcloud auth login"), "\(result.errors)")
      let other = try await desk.getToken([Self.option])
      #expect(other.status == 3)
      #expect(other.errors.contains("run: gcloud auth application-default login"))
    }
  }

  /// By itself the lab is one of the others: whoever listens on a port of this machine.
  @Test func `nor to this machine`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      try desk.desk.allow([])
      let result = try await desk.getToken()
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.errors.contains("google-other-hosts"))
      #expect(desk.lines.isEmpty)
    }
  }

  @Test(arguments: [
    "https://evil.example/token", "https://googleapis.com.evil.example/token",
    "http://oauth2.googleapis.com/token", "https://oauth2.googleapis.com@evil.example/token",
    "https://storage.googleapis.com/upload/storage/v1/b/mine/o?uploadType=media&name=x",
    "https://oauth2.googleapis.com/token?x=y",
  ]) func `a refresh token goes to nobody but Google`(address: String) async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      try desk.desk.allow([])
      let result = try await desk.getToken([], ["CLOUDSDK_AUTH_TOKEN_HOST": address])
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.output.isEmpty)
    }
  }
}
