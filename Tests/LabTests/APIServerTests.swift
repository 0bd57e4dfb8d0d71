// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct APIServerTests {
  private static let unauthorized =
    #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","#
    + #""reason":"Unauthorized","code":401}"# + "\n"

  @Test(arguments: [nil, "made-up", "a.b.c", ""])
  func `without a real token the answer is Kubernetes' 401`(token: String?) async throws {
    try await Visitor.with { visitor in
      let answer = try await visitor.api("/api/v1/namespaces", token: token)
      #expect(answer.status == 401)
      #expect(answer.body == Self.unauthorized)
      #expect(answer.header("content-type") == "application/json")
    }
  }

  @Test func `an expired token gets the same 401`() async throws {
    try await Visitor.with({ $0.accessLifetime = 100 }) { visitor in
      let login = try await visitor.logIn()
      let token = try login.member("id_token")
      visitor.lab.clock.advance(by: 70)
      #expect(try await visitor.api("/version", token: token).status == 200)
      visitor.lab.clock.advance(by: 30)
      let answer = try await visitor.api("/version", token: token)
      #expect(answer.status == 401)
      #expect(answer.body == Self.unauthorized)
    }
  }

  @Test func `a token signed by a key that was withdrawn gets 401`() async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      try await visitor.lab.rotateKeys()
      #expect(try await visitor.api("/version", token: token).status == 200)
      try await visitor.lab.rotateKeys(keepingOld: false)
      #expect(try await visitor.api("/version", token: token).status == 401)
      let fresh = try await visitor.logIn().member("id_token")
      #expect(try await visitor.api("/version", token: fresh).status == 200)
    }
  }

  @Test func `a token that names a key that nobody has gets 401`() async throws {
    try await Visitor.with({ $0.faults = [try Fault("unknown-kid", times: nil)] }) { visitor in
      for name in ["id_token", "access_token"] {
        let token = try await visitor.logIn().member(name)
        #expect(try await visitor.api("/version", token: token).status == 401)
      }
    }
  }

  /// As go-oidc reads them: so far from now, or else literally.
  @Test(
    arguments: [
      ("nbf", 250, "", 200), ("nbf", 3600, "", 401), ("nbf", nil, "\"x\"", 401),
      ("iat", 9000, "", 200), ("iat", nil, "\"x\"", 401), ("exp", 6000.5, "", 200),
      ("exp", -0.5, "", 401), ("exp", nil, "null", 401), ("exp", nil, "1e300", 401),
      ("exp", nil, "-9223372036854775808", 401),
    ] as [(String, Double?, String, Int)]
  )
  func `the times of a token`(claim: String, ahead: Double?, text: String, status: Int) async throws
  {
    try await Visitor.with { visitor in
      let now = Date().timeIntervalSince1970.rounded(.down)
      let value = ahead.map { "\(now + $0)" } ?? text
      visitor.lab.faults.set(try Fault("claim-set", parameters: ["name": claim, "value": value]))
      let token = try await visitor.logIn().member("id_token")
      #expect(try await visitor.api("/version", token: token).status == status)
    }
  }

  @Test func `names and groups are mapped with prefixes`() async throws {
    let change = { (options: inout LabOptions) in
      options.usernameClaim = "email"
      options.usernamePrefix = "oidc:"
      options.groupsPrefix = "team:"
    }
    try await Visitor.with(change) { visitor in
      let token = try await visitor.logIn().member("id_token")
      let answer = try await visitor.web.send(
        "\(visitor.lab.apiServerURL)/apis/authentication.k8s.io/v1/selfsubjectreviews",
        headers: [(name: "authorization", value: "Bearer \(token)")],
        body: "{}"
      )
      #expect(answer.status == 201)
      let info = try answer.json()["status"]?["userInfo"]
      #expect(info?["username"]?.string == "oidc:alice@example.com")
      #expect(info?["groups"] == ["team:dev", "team:ops", "system:authenticated"])
    }
  }

  @Test(arguments: [
    ("/api/v1/pods/x", 404), ("/api/v1/namespaces/default/pods/worker-0", 200),
    ("/api/v1/namespaces/nowhere/pods", 200), ("/apis/apps/v1/deployments", 404),
    ("/apis", 200), ("/api", 200), ("/nothing", 404), ("/readyz", 200),
  ])
  func `paths that kubectl may ask for`(path: String, status: Int) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      #expect(try await visitor.api(path, token: token).status == status)
    }
  }
}

/// Whether kubectl is there.
///
/// Where tests must not be skipped, its absence is for the caller to notice.
private let hasKubectl = ProcessRunner.find("kubectl") != nil

@Suite(.enabled(if: hasKubectl, "needs kubectl on PATH")) struct KubectlTests {
  private func kubectl(_ visitor: Visitor, token: String, _ arguments: [String]) async throws
    -> ProcessRunner.Result
  {
    let folder = try PrivateFile.temporaryFolder(prefix: "lab-tests")
    let path = "\(folder)/kubeconfig"
    try LabKubeconfig(visitor.lab, user: .token(token)).write(to: path)
    var environment = ProcessRunner.environment
    environment["KUBECONFIG"] = path
    environment["HOME"] = folder
    let result = try await ProcessRunner.run(["kubectl"] + arguments, environment: environment)
    PrivateFile.removeFolder(folder)
    return result
  }

  @Test(arguments: [
    (["get", "namespaces"], "kube-system"), (["get", "pods"], "worker-0"),
    (["get", "pods", "-A"], "coredns"), (["get", "pods", "-o", "wide"], "10.0.0.11"),
    (["get", "pods", "-o", "yaml"], "kind: Pod"),
    (["get", "pod/worker-0", "-o", "json"], "\"Pod\""),
    (["auth", "whoami"], "[dev ops system:authenticated]"), (["version"], "Server Version: v1.32"),
    (["api-resources"], "pods"), (["auth", "can-i", "list", "pods"], "yes"),
  ])
  func `kubectl is content`(arguments: [String], expected: String) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      let result = try await kubectl(visitor, token: token, arguments)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains(expected))
    }
  }

  @Test func `kubectl says that a bad token is not accepted`() async throws {
    try await Visitor.with { visitor in
      let result = try await kubectl(visitor, token: "made-up", ["get", "pods"])
      #expect(result.status == 1)
      #expect(
        result.errors.contains("You must be logged in to the server")
          || result.errors.contains("Unauthorized")
      )
    }
  }
}
