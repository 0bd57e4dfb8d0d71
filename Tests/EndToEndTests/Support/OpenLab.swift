// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// `lanyard-lab up` as it was built, in a process of its own.
struct OpenLab {
  let program: Conversation
  /// What stands in the ready file.
  let facts: JSONValue
  /// What the program has for temporary files.
  let temporary: String
  private let web: WebClient

  /// Opens a lab for the time of `body`.
  static func with(_ options: [String], _ body: (OpenLab) async throws -> Void) async throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "lanyard-e2e")
    defer { PrivateFile.removeFolder(folder) }
    let temporary = "\(folder)/temporary"
    try PrivateFile.makeFolder(temporary)
    let ready = "\(folder)/ready.json"
    var environment = ProcessRunner.environment
    environment["TMPDIR"] = temporary
    let program = try Conversation(
      [try Programs.lab, "up", "--ready-file", ready] + options,
      environment: environment,
      scratch: folder
    )
    let facts = try await eventually("the ready file") {
      if let result = program.outcome() {
        throw LabError(.process, "the lab ended with \(result.status) and said: \(result.errors)")
      }
      return (try? PrivateFile.read(ready)).flatMap { try? JSONValue.parse($0) }
    }
    let lab = OpenLab(program: program, facts: facts, temporary: temporary, web: try WebClient())
    do {
      try await body(lab)
      await lab.web.close()
    } catch {
      await lab.web.close()
      throw error
    }
  }

  func fact(_ name: String) throws -> String { try #require(facts[name]?.string) }

  /// A request to an endpoint of the identity provider.
  func post(_ path: String, _ form: [(String, String)]) async throws -> WebClient.Answer {
    try await web.send(try fact("issuer") + path, form: FormFields(form))
  }

  /// A request to the admin API.
  func admin(_ path: String, _ body: String? = nil) async throws -> WebClient.Answer {
    let secret = try PrivateFile.read(try fact("adminSecretFile")).split(separator: "\n")[0]
    return try await web.send(
      try fact("issuer") + "/admin/" + path,
      headers: [(name: "authorization", value: "Bearer \(secret)")],
      body: body
    )
  }
}
