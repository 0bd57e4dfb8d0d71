// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// gcloud's files as they are on a bad day.
@Suite struct GcloudDamageTests {
  private typealias Token = GoogleDesk.Token

  /// Holds a database as gcloud does while it writes, until it is told to end.
  private func hold(_ path: String, _ desk: GoogleDesk) async throws -> Conversation {
    let script = """
      import sqlite3, sys, time
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      db.execute('BEGIN EXCLUSIVE')
      print('held', file=sys.stderr, flush=True)
      time.sleep(600)
      """
    let holder = try desk.desk.start(["python3", "-c", script, path])
    _ = try await holder.hears { $0.contains("held") ? $0 : nil }
    return holder
  }

  @Test func `access tokens that gcloud holds are done without`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn(
        "me@example.com",
        tokens: [Token(account: "me@example.com", token: "ya29.held")]
      )
      let holder = try await hold("\(desk.gcloud)/access_tokens.db", desk)
      let result = try await desk.getToken()
      #expect(try await desk.user(of: result) == "me@example.com")
      #expect(holder.outcome() == nil)
    }
  }

  @Test func `sign-ins that gcloud holds are a temporary failure, and are waited for`() async throws
  {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let holder = try await hold("\(desk.gcloud)/credentials.db", desk)
      let refused = try await desk.getToken()
      #expect(refused.status == 5, "\(refused.errors)")
      #expect(refused.errors.contains("another program holds"), "\(refused.errors)")
      #expect(refused.errors.contains("credentials.db"), "\(refused.errors)")
      let waiting = try desk.desk.startLanyard(["get-token", "gke"], desk.surroundings())
      holder.send(9)
      let result = try await waiting.result()
      #expect(try await desk.user(of: result) == "me@example.com")
    }
  }

  @Test(arguments: ["empty", "garbage", "torn", "text", "folder"])
  func `a broken store of access tokens is done without`(damage: String) async throws {
    try await GoogleDesk.with { desk in
      let token = Token(account: "me@example.com", token: "ya29.lost")
      try await desk.signIn("me@example.com", tokens: [token])
      try await harm("access_tokens.db", damage, desk)
      let result = try await desk.getToken()
      #expect(try await desk.user(of: result) == "me@example.com")
    }
  }

  @Test(arguments: ["empty", "garbage", "torn", "text", "folder"])
  func `a broken store of sign-ins is said to be broken`(damage: String) async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      try await harm("credentials.db", damage, desk)
      let result = try await desk.getToken()
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("credentials.db"), "\(result.errors)")
    }
  }

  @Test func `a store that gcloud left half written, until it is mended`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let path = "\(desk.gcloud)/credentials.db"
      // Pages go to the file before the end of the transaction, and then the process is gone.
      let script = """
        import os, sqlite3, sys
        db = sqlite3.connect(sys.argv[1], isolation_level=None)
        db.execute('PRAGMA cache_size = 1')
        db.execute('BEGIN IMMEDIATE')
        for number in range(300):
            db.execute('REPLACE INTO credentials VALUES (?, ?)', (f'a{number}', 'x' * 3000))
        os._exit(0)
        """
      #expect(try await ProcessRunner.run(["python3", "-c", script, path]).status == 0)
      #expect(try await ProcessRunner.run(["test", "-s", "\(path)-journal"]).status == 0)
      let refused = try await desk.getToken()
      #expect(refused.status == 7, "\(refused.errors)")
      #expect(refused.errors.contains("gcloud auth list"), "\(refused.errors)")
      let mend =
        "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT 1 FROM credentials')"
      #expect(try await ProcessRunner.run(["python3", "-c", mend, path]).status == 0)
      #expect(try await desk.user(of: desk.getToken()) == "me@example.com")
    }
  }

  @Test func `a store whose table is a view without end`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let script = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        db.execute('DROP TABLE credentials')
        db.execute('CREATE VIEW credentials AS WITH RECURSIVE n(account_id) AS '
                   '(SELECT 1 UNION ALL SELECT account_id + 1 FROM n) SELECT account_id, 0 AS value FROM n')
        db.commit()
        """
      let words = ["python3", "-c", script, "\(desk.gcloud)/credentials.db"]
      #expect(try await ProcessRunner.run(words).status == 0)
      #expect(try await desk.getToken().status == 7)
    }
  }

  @Test(arguments: [
    "", "{", "[]", "null", #"{"type":"authorized_user"}"#, #"{"type":"teapot"}"#,
    #"{"type":"authorized_user","client_id":1,"client_secret":"s","refresh_token":"r"}"#,
  ]) func `a credential that is none`(text: String) async throws {
    try await GoogleDesk.with { desk in
      let variables = ["GOOGLE_APPLICATION_CREDENTIALS": try desk.desk.file("adc.json", text)]
      let result = try await desk.getToken(["--application-default-credentials"], variables)
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(desk.lines.isEmpty)
    }
  }

  private func harm(_ name: String, _ damage: String, _ desk: GoogleDesk) async throws {
    let path = "\(desk.gcloud)/\(name)"
    let script =
      switch damage {
      case "empty": ": > \"$1\""
      case "garbage": "head -c 20000 /dev/urandom > \"$1\""
      case "torn": "truncate -s 5000 \"$1\""
      case "text": "echo '{}' > \"$1\""
      default: "rm \"$1\" && mkdir \"$1\""
      }
    #expect(try await ProcessRunner.run(["/bin/sh", "-c", script, "sh", path]).status == 0)
  }
}
