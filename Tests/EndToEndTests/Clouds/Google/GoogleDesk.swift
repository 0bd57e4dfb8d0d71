// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A desk whose lab plays Google, with gcloud's files as gcloud leaves them.
struct GoogleDesk: Sendable {
  let desk: Desk
  let google: GoogleCloud

  /// Sets one up; with `certificates` its Google speaks TLS and asks for the caller's certificate.
  static func with(certificates: Bool = false, _ body: (GoogleDesk) async throws -> Void)
    async throws
  {
    let change: (inout LabOptions) -> Void = { options in
      options.google = true
      guard certificates else { return }
      options.issuerTLS = true
      options.clients.append(LabClient("workload", method: .tls))
    }
    try await Desk.with(change) { desk in
      let google = GoogleDesk(desk: desk, google: try #require(desk.lab.google))
      // By itself the lab is nobody's Google.
      try google.allow()
      try await body(google)
    }
  }

  /// The base of Google's addresses here.
  var base: String { desk.lab.issuer }

  /// gcloud's folder.
  var gcloud: String { "\(desk.folder)/home/.config/gcloud" }

  /// What points impersonation here, as a property of gcloud does.
  var endpoint: [String: String] {
    ["CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS": "\(base)/google/"]
  }

  /// Runs `get-token gke` in an account of its own and without a metadata server.
  func getToken(_ more: [String] = [], _ variables: [String: String] = [:]) async throws -> Outcome
  {
    try await desk.lanyard(["get-token", "gke"] + more, surroundings(variables))
  }

  /// The same, asked again for as long as the answer is that nobody answered in time: a busy machine is no failure.
  func answers(_ more: [String] = [], _ variables: [String: String] = [:]) async throws -> Outcome {
    try await eventually("an answer in time") {
      let result = try await getToken(more, variables)
      return result.status == 5 ? nil : result
    }
  }

  /// The variables of every run.
  func surroundings(_ variables: [String: String] = [:]) throws -> [String: String] {
    try desk.account().merging(["NO_GCE_CHECK": "true"]) { $1 }.merging(variables) { $1 }
  }

  /// The user of the API server that a token belongs to, as kubectl would learn it.
  func user(of outcome: Outcome) async throws -> String {
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(google.user(of: try outcome.token))
  }

  /// What the lab's Google was asked, by method and path.
  var lines: [String] { google.requests.map(\.line) }

  // MARK: programs that ask again

  /// What client-go says of itself.
  static let execInfo = [
    "KUBERNETES_EXEC_INFO":
      #"{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","spec":{}}"#
  ]

  /// Runs a script in a shell that asks as client-go does, with lanyard as `"$0"`, and gives each line of its output.
  func shell(_ script: String, _ variables: [String: String] = [:]) async throws -> [Outcome] {
    let all = endpoint.merging(Self.execInfo) { $1 }.merging(variables) { $1 }
    let result = try await ProcessRunner.run(
      ["sh", "-c", script, try Programs.lanyard],
      environment: desk.environment.merging(try surroundings(all)) { $1 }
    )
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").map {
      Outcome(status: 0, output: String($0), errors: result.errors)
    }
  }

  /// Asks in a shell with a slow clock, and gives the answer.
  ///
  /// Again where there is none: on a busy machine the clock's library can take the arguments away, and a program
  /// without arguments prints its help.
  func askLongAgo() async throws -> Outcome {
    try await eventually("an answer of long ago") {
      let answers = try await shell("\"$0\" get-token gke; exit $?", slowClock())
      return answers.first { $0.output.hasPrefix("{") }
    }
  }

  /// A clock that is slow, so that what comes now seems to have come before.
  ///
  /// It moves `lanyard-full` alone, and only below a shell: the library needs a parent that has it too.
  func slowClock() throws -> [String: String] {
    try FakeTime.variables("-700s").merging(["LD_PRELOAD": "libnss_wrapper.so"]) {
      "\($1):\($0)"
    }
  }

  // MARK: gcloud's files

  /// A row of `access_tokens.db`.
  struct Token {
    var account: String
    var token: String
    var expiry = "2090-01-01 00:00:00.123456"
    var proof: String?
  }

  /// Makes gcloud's two databases with its own statements, by Python's sqlite3, which gcloud uses too.
  func signIn(_ rows: [(account: String, credential: JSONValue)], tokens: [Token] = [])
    async throws
  {
    let script = """
      import json, os, sqlite3, sys
      folder, rows, tokens = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
      os.makedirs(folder, exist_ok=True)
      for name in ('credentials.db', 'access_tokens.db'):
          if os.path.exists(f'{folder}/{name}'): os.remove(f'{folder}/{name}')
      with sqlite3.connect(f'{folder}/credentials.db') as db:
          db.execute('CREATE TABLE IF NOT EXISTS "credentials" (account_id TEXT PRIMARY KEY, value BLOB)')
          for row in rows:
              db.execute('REPLACE INTO "credentials" (account_id, value) VALUES (?,?)', (row[0], row[1]))
      with sqlite3.connect(f'{folder}/access_tokens.db') as db:
          db.execute('CREATE TABLE IF NOT EXISTS "access_tokens" (account_id TEXT PRIMARY KEY, '
                     'access_token TEXT, token_expiry TIMESTAMP, rapt_token TEXT, id_token TEXT)')
          for row in tokens:
              db.execute('REPLACE INTO "access_tokens" '
                         '(account_id, access_token, token_expiry, rapt_token, id_token) VALUES (?,?,?,?,?)', row)
      """
    let credentials = JSONValue.array(
      rows.map { .array([.string($0.account), .string($0.credential.text)]) }
    )
    let values = JSONValue.array(
      tokens.map { row in
        .array([
          .string(row.account), .string(row.token), .string(row.expiry),
          row.proof.map(JSONValue.string) ?? .null, .null,
        ])
      }
    )
    let result = try await ProcessRunner.run(
      ["python3", "-c", script, gcloud, credentials.text, values.text]
    )
    try #require(result.status == 0, "\(result.errors)")
  }

  /// Signs a person in as `gcloud auth login` does.
  func signIn(_ email: String, tokens: [Token] = []) async throws {
    let scopes: JSONValue = ["openid", .string("https://www.googleapis.com/auth/cloud-platform")]
    let credential = google.authorizedUser(email, base: base, ["scopes": scopes])
    try await signIn([(email, credential)], tokens: tokens)
    try configure(email)
  }

  /// What `gcloud config set account` leaves, with other lines if wanted.
  func configure(_ account: String, _ more: String = "", named name: String = "default") throws {
    try makeFolders()
    try PrivateFile.write(name, to: "\(gcloud)/active_config")
    try PrivateFile.write(
      "[core]\naccount = \(account)\nproject = lab\n\n\(more)",
      to: "\(gcloud)/configurations/config_\(name)"
    )
  }

  private func makeFolders() throws {
    for folder in ["\(desk.folder)/home/.config", gcloud, "\(gcloud)/configurations"] {
      try PrivateFile.makeFolder(folder)
    }
  }

  /// A file with a credential; gives the variable that names it.
  func adc(_ credential: JSONValue, _ name: String = "adc.json") throws -> [String: String] {
    ["GOOGLE_APPLICATION_CREDENTIALS": try desk.file(name, credential.text)]
  }

  /// What the account's own configuration allows from now on, beside the lab.
  func allow(_ permissions: String...) throws {
    try desk.allow(["google-other-hosts"] + permissions)
  }

  /// The secrets that the account's own configuration names from now on.
  func configure(secrets: String) throws { try configure(adding: "secrets:\n  \(secrets)") }

  /// What else stands in the account's own configuration from now on, beside the leave to use the lab.
  func configure(adding lines: String) throws {
    try desk.configure("allow: [google-other-hosts]\n\(lines)\n")
  }
}
