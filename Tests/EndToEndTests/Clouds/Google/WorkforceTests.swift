// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A workforce login, whose refresh token changes with each renewal.
@Suite struct WorkforceTests {
  private static let option = "--application-default-credentials"

  /// The file as `gcloud auth application-default login` writes it, with a member that we do not know.
  private func file(_ desk: GoogleDesk, _ email: String) throws -> String {
    let token = desk.google.signIn(email)
    return """
      {
        "unknown": [1.0, {"refresh_token": "not this one"}],
        "type": "external_account_authorized_user",
        "audience": "//iam.googleapis.com/locations/global/workforcePools/p/providers/o",
        "client_id": "\(GoogleCloud.client.id)",
        "client_secret": "\(GoogleCloud.client.secret)",
        "refresh_token": "\(token)",
        "token_url": "\(desk.base)/google/sts/v1/oauthtoken"
      }

      """
  }

  @Test func `ten processes renew once, and the file keeps what we do not know`() async throws {
    try await GoogleDesk.with { desk in
      desk.google.setRotation(true)
      desk.google.setDelay(0.3)
      let before = try file(desk, "worker@example.com")
      let variables = try desk.surroundings([
        "GOOGLE_APPLICATION_CREDENTIALS": try desk.desk.file("adc.json", before)
      ])
      let tokens = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<10 {
          group.addTask {
            let words = ["get-token", "gke", Self.option]
            let result = try await desk.desk.lanyard(words, variables)
            #expect(result.status == 0, "\(result.errors)")
            return try result.token
          }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(tokens.count == 1)
      #expect(desk.lines == ["POST /google/sts/v1/oauthtoken"])
      let after = try PrivateFile.read("\(desk.desk.folder)/adc.json")
      let old = try #require(try JSONValue.parse(before)["refresh_token"]?.string)
      let new = try #require(try JSONValue.parse(after)["refresh_token"]?.string)
      #expect(desk.google.refreshTokens == [new])
      #expect(after == before.replacing(old, with: new))
    }
  }

  @Test(arguments: [SIGINT, SIGKILL])
  func `a signal during the renewal does not cost the login`(signal: Int32) async throws {
    try await GoogleDesk.with { desk in
      desk.google.setRotation(true)
      desk.google.setDelay(1)
      let text = try file(desk, "worker@example.com")
      let variables = try desk.surroundings([
        "GOOGLE_APPLICATION_CREDENTIALS": try desk.desk.file("adc.json", text)
      ])
      let words = ["get-token", "gke", Self.option]
      let first = try desk.desk.startLanyard(words, variables)
      _ = try await eventually("the request") { desk.lines.isEmpty ? nil : true }
      first.send(signal)
      _ = try await first.result()
      let second = try await desk.desk.lanyard(words, variables)
      #expect(second.status == 0, "\(second.errors)")
      let after = try PrivateFile.read("\(desk.desk.folder)/adc.json")
      let left = try #require(try JSONValue.parse(after)["refresh_token"]?.string)
      #expect(desk.google.refreshTokens == [left], "the file holds the one that is good")
    }
  }

  @Test func `renewals go on, each with the token that the last one left`() async throws {
    try await GoogleDesk.with { desk in
      desk.google.setRotation(true)
      desk.google.setLife(1)
      let text = try file(desk, "worker@example.com")
      let variables = ["GOOGLE_APPLICATION_CREDENTIALS": try desk.desk.file("adc.json", text)]
      for _ in 0..<3 {
        let result = try await desk.getToken([Self.option], variables)
        #expect(result.status == 0, "\(result.errors)")
        try await Task.sleep(for: .seconds(1))
      }
      #expect(desk.lines.count == 3)
    }
  }

  @Test func `a login that a service account is acted as with`() async throws {
    try await GoogleDesk.with { desk in
      desk.google.setRotation(true)
      desk.google.setLife(1)
      let account = "sa@p.iam.gserviceaccount.com"
      let before = """
        {
          "type": "impersonated_service_account",
          "service_account_impersonation_url":
            "\(desk.base)/google/v1/projects/-/serviceAccounts/\(account):generateAccessToken",
          "source_credentials": \(try file(desk, "worker@example.com"))
        }
        """
      let path = try desk.desk.file("adc.json", before)
      let words = ["get-token", "gke", Self.option]
      for _ in 0..<3 {
        let variables = try desk.surroundings(["GOOGLE_APPLICATION_CREDENTIALS": path])
        let result = try await desk.desk.lanyard(words, variables)
        #expect(result.status == 0, "\(result.errors)")
        try await Task.sleep(for: .seconds(1))
      }
      let after = try PrivateFile.read(path)
      let left = try #require(
        try JSONValue.parse(after)["source_credentials"]?["refresh_token"]?.string
      )
      let old = try #require(
        try JSONValue.parse(before)["source_credentials"]?["refresh_token"]?.string
      )
      #expect(desk.google.refreshTokens == [left])
      #expect(after == before.replacing(old, with: left))
    }
  }

  @Test func `a login in gcloud's database, where we do not write`() async throws {
    try await GoogleDesk.with { desk in
      desk.google.setRotation(true)
      desk.google.setLife(1)
      let row = try JSONValue.parse(try file(desk, "worker@example.com"))
      try await desk.signIn([("worker@example.com", row)])
      try desk.configure("worker@example.com")
      var told = 0
      for _ in 0..<3 {
        let result = try await desk.getToken()
        #expect(result.status == 0, "\(result.errors)")
        told += result.errors.contains("may have to sign in again") ? 1 : 0
        try await Task.sleep(for: .seconds(1))
      }
      #expect(told == 1)
      let spent = desk.google.requests.map { $0.form["refresh_token"] ?? "" }
      #expect(spent.count == 3 && Set(spent).count == 3)
      #expect(spent.first == row["refresh_token"]?.string)
    }
  }

  @Test func `an access token that is refused does not cost the successor`() async throws {
    try await GoogleDesk.with { desk in
      desk.google.setRotation(true)
      let row = try JSONValue.parse(try file(desk, "worker@example.com"))
      try await desk.signIn([("worker@example.com", row)])
      try desk.configure("worker@example.com")
      let ask = "\"$0\" get-token gke"
      _ = try await desk.askLongAgo()
      let tokens = try await desk.shell("\(ask) && echo && sleep 2.5 && \(ask)")
        .map { try $0.token }
      #expect(Set(tokens).count == 2)
      #expect(try await desk.getToken(["--scopes", "other"]).status == 0)
      let spent = desk.google.requests.map { $0.form["refresh_token"] ?? "" }
      #expect(spent.count == 3 && Set(spent).count == 3)
      #expect(spent.first == row["refresh_token"]?.string)
    }
  }

  @Test func `two requests with other scopes do not spend one token at once`() async throws {
    try await GoogleDesk.with { desk in
      desk.google.setRotation(true)
      desk.google.setDelay(0.5)
      let row = try JSONValue.parse(try file(desk, "worker@example.com"))
      try await desk.signIn([("worker@example.com", row)])
      try desk.configure("worker@example.com")
      let variables = try desk.surroundings()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for scope in ["one", "two", "three"] {
          group.addTask {
            let words = ["get-token", "gke", "--scopes", scope]
            let result = try await desk.desk.lanyard(words, variables)
            #expect(result.status == 0, "\(result.errors)")
          }
        }
        try await group.waitForAll()
      }
      #expect(Set(desk.google.requests.map { $0.form["refresh_token"] }).count == 3)
    }
  }

  @Test func `who logs in as another gets another's token`() async throws {
    try await GoogleDesk.with { desk in
      for email in ["one@example.com", "two@example.com"] {
        let text = try file(desk, email)
        let variables = ["GOOGLE_APPLICATION_CREDENTIALS": try desk.desk.file("adc.json", text)]
        for _ in 0..<2 {
          #expect(try await desk.user(of: desk.getToken([Self.option], variables)) == email)
        }
      }
    }
  }
}
