// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// kubectl, with the entries that replace those of `gcloud container clusters get-credentials`.
@Suite(.enabled(if: ProcessRunner.find("kubectl") != nil, "there is no kubectl"))
struct GKEKubectlTests {
  private static let deployer = "deployer@my-project.iam.gserviceaccount.com"

  /// The kubeconfig with the first entry of the page, and more arguments if wanted.
  private func kubeconfig(_ desk: GoogleDesk, _ arguments: [String] = []) throws -> String {
    let entry = try #require(GKEDocumentedEntry.all.first)
    return try GKEDocumentedEntry.kubeconfig(desk, [("gke", entry, arguments)])
  }

  private func whoAmI(
    _ desk: GoogleDesk,
    _ path: String,
    context: String? = nil
  ) async throws -> ProcessRunner.Result {
    let named = context.map { ["--context", $0] } ?? []
    return try await ProcessRunner.run(
      ["kubectl", "--kubeconfig", path] + named + [
        "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}",
      ],
      environment: desk.desk.environment.merging(try desk.surroundings(desk.endpoint)) { $1 }
    )
  }

  private func user(_ desk: GoogleDesk, _ path: String, context: String? = nil) async throws
    -> String
  {
    let result = try await whoAmI(desk, path, context: context)
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test func `the page has an entry for each one that gcloud writes`() {
    #expect(GKEDocumentedEntry.all.count == 3)
  }

  @Test(arguments: GKEDocumentedEntry.all)
  func `an entry of the page`(entry: GKEDocumentedEntry) async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let person = desk.google.authorizedUser("adc@example.com", base: desk.base)
      try PrivateFile.write(
        person.text,
        to: "\(desk.gcloud)/application_default_credentials.json"
      )
      let words = entry.arguments
      let expected =
        if words.contains("--use_application_default_credentials") {
          "adc@example.com"
        } else if words.contains("--impersonate_service_account=\(Self.deployer)") {
          Self.deployer
        } else {
          "me@example.com"
        }
      #expect(words.count == (expected == "me@example.com" ? 2 : 3))
      let path = try GKEDocumentedEntry.kubeconfig(desk, [("gke", entry, [])])
      for _ in 0..<2 { #expect(try await user(desk, path) == expected) }
      #expect(desk.lines.count == (expected == Self.deployer ? 2 : 1))
    }
  }

  @Test func `one identity serves two users of a kubeconfig`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      #expect(try await user(desk, kubeconfig(desk)) == "me@example.com")
      let path = try kubeconfig(desk, ["--account=me@example.com"])
      #expect(try await user(desk, path) == "me@example.com")
      #expect(desk.lines == ["POST /google/token"])
    }
  }

  @Test func `two contexts of one kubeconfig, each with an account of its own`() async throws {
    try await GoogleDesk.with { desk in
      let rows = ["me@example.com", "you@example.com"].map { email in
        (account: email, credential: desk.google.authorizedUser(email, base: desk.base))
      }
      try await desk.signIn(rows)
      try desk.configure("me@example.com")
      let entry = try #require(GKEDocumentedEntry.all.first)
      let path = try GKEDocumentedEntry.kubeconfig(
        desk,
        [
          ("a", entry, ["--account=me@example.com"]), ("b", entry, ["--account=you@example.com"]),
        ]
      )
      for (context, expected) in [("a", "me"), ("b", "you"), ("a", "me"), ("b", "you")] {
        #expect(try await user(desk, path, context: context) == "\(expected)@example.com")
      }
      #expect(desk.lines == ["POST /google/token", "POST /google/token"])
    }
  }

  @Test(arguments: ["gcloud's", "our own"])
  func `a token that died early is not given again to whoever had it`(whose: String) async throws {
    try await GoogleDesk.with { desk in
      let token: String
      if whose == "gcloud's" {
        token = desk.google.accessToken("me@example.com")
        let row = GoogleDesk.Token(account: "me@example.com", token: token)
        try await desk.signIn("me@example.com", tokens: [row])
      } else {
        try await desk.signIn("me@example.com")
        // What came minutes ago was not got because of a refusal.
        token = try await desk.askLongAgo().token
      }
      let asked = desk.lines.count
      let path = try kubeconfig(desk)
      #expect(try await user(desk, path) == "me@example.com")
      desk.google.revokeAccessTokens()
      let refused = try await whoAmI(desk, path)
      #expect(refused.status == 1 && refused.errors.contains("Unauthorized"))
      // A program that runs for hours, as k9s does, asks, is refused, and asks again.
      let script = "\"$0\" get-token gke && echo && sleep 2.5 && \"$0\" get-token gke"
      let outcomes = try await desk.shell(script)
      try #require(outcomes.count == 2)
      #expect(try outcomes[0].token == token)
      #expect(try await desk.user(of: outcomes[1]) == "me@example.com")
      // The next program that asks alike, with gcloud's files as they were.
      let next = try await desk.getToken([], desk.endpoint.merging(GoogleDesk.execInfo) { $1 })
      #expect(try next.token == outcomes[1].token)
      #expect(desk.lines.count == asked + 1)
    }
  }
}
