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

/// What `watch=true`, selectors and impersonation get.
@Suite struct ListOptionTests {
  private static let pods = "/api/v1/namespaces/default/pods"

  /// The names of the pods that a selector picks, or the message of the refusal.
  @Test(
    arguments: [
      ("labelSelector=app%3Dhello", 200, ["hello-7d4b9c6f5-x2x8q"]),
      ("labelSelector=app%3D%3Dworker", 200, ["worker-0"]),
      ("labelSelector=app%21%3Dhello", 200, ["worker-0"]),
      ("labelSelector=app+in+%28worker%2C+other%29", 200, ["worker-0"]),
      ("labelSelector=app+notin+%28worker%29%2Capp", 200, ["hello-7d4b9c6f5-x2x8q"]),
      ("labelSelector=%21app", 200, []), ("labelSelector=tier", 200, []),
      ("labelSelector=app%3Dhello%2Ctier%3Dx", 200, []),
      ("labelSelector=app%3D%28", 400, ["unable to parse requirement: \"app=(\""]),
      ("labelSelector=a+b", 400, ["unable to parse requirement: \"a b\""]),
      ("fieldSelector=metadata.name%3Dworker-0", 200, ["worker-0"]),
      ("fieldSelector=status.phase%21%3DRunning", 200, []),
      ("fieldSelector=spec.nodeName%3Dlab%2Cstatus.podIP%3D10.0.0.11", 200, ["worker-0"]),
      ("fieldSelector=spec.colour%3Dred", 400, ["field label not supported: spec.colour"]),
      ("fieldSelector=x", 400, ["invalid selector: 'x'; can't understand 'x'"]),
    ] as [(String, Int, [String])]
  )
  func `selectors select, and what is none is refused`(
    query: String,
    status: Int,
    expected: [String]
  ) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      let answer = try await visitor.api("\(Self.pods)?\(query)", token: token)
      #expect(answer.status == status)
      let names = try answer.json()["items"]?.array?.compactMap { $0["metadata"]?["name"]?.string }
      let message = try answer.json()["message"]?.string
      #expect(names ?? [message ?? ""] == expected)
    }
  }

  @Test(
    arguments: [
      ("watch=true&timeoutSeconds=1", nil, ["Pod", "Pod"]),
      ("watch=1&timeoutSeconds=1&resourceVersion=0&labelSelector=app%3Dworker", nil, ["Pod"]),
      ("watch=true&timeoutSeconds=1", "application/json;as=Table", ["Table", "Table"]),
      ("watch=true&timeoutSeconds=1&resourceVersion=1", nil, []),
    ] as [(String, String?, [String])]
  )
  func `a watch tells what is there, unless that is known`(
    query: String,
    accept: String?,
    kinds: [String]
  ) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      let answer = try await visitor.web.send(
        "\(visitor.lab.apiServerURL)\(Self.pods)?\(query)",
        headers: [(name: "authorization", value: "Bearer \(token)")]
          + (accept.map { [(name: "accept", value: $0)] } ?? [])
      )
      #expect(answer.status == 200)
      let events = try answer.body.split(separator: "\n").map { try JSONValue.parse(String($0)) }
      #expect(events.allSatisfy { $0["type"]?.string == "ADDED" })
      #expect(events.map { $0["object"]?["kind"]?.string } == kinds)
    }
  }

  @Test(arguments: [("sendInitialEvents=true", 422), ("timeoutSeconds=x", 400)])
  func `a watch that cannot be is refused`(query: String, status: Int) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      let answer = try await visitor.api("\(Self.pods)?watch=true&\(query)", token: token)
      #expect(answer.status == status)
      #expect(try answer.json()["kind"]?.string == "Status")
    }
  }

  @Test(arguments: ["Impersonate-User", "impersonate-group"])
  func `nobody is taken for somebody else`(header: String) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      let answer = try await visitor.web.send(
        visitor.lab.apiServerURL + Self.pods,
        headers: [
          (name: "authorization", value: "Bearer \(token)"), (name: header, value: "bob"),
        ]
      )
      #expect(answer.status == 403)
      #expect(try answer.json()["reason"]?.string == "Forbidden")
      let message = try answer.json()["message"]?.string ?? ""
      #expect(message.hasPrefix("users \"bob\" is forbidden: User \"alice\" cannot impersonate"))
    }
  }
}

/// Whether kubectl is there.
///
/// Where tests must not be skipped, its absence is for the caller to notice.
private let hasKubectl = ProcessRunner.find("kubectl") != nil

@Suite(.enabled(if: hasKubectl, "needs kubectl on PATH")) struct KubectlTests {
  private func kubectl(
    _ visitor: Visitor,
    token: String,
    _ arguments: [String],
    until isEnough: @escaping @Sendable () -> Bool = { false }
  ) async throws -> ProcessRunner.Result {
    let folder = try PrivateFile.temporaryFolder(prefix: "lab-tests")
    defer { PrivateFile.removeFolder(folder) }
    let path = "\(folder)/kubeconfig"
    try LabKubeconfig(visitor.lab, user: .token(token)).write(to: path)
    var environment = ProcessRunner.environment
    environment["KUBECONFIG"] = path
    environment["HOME"] = folder
    let end = Task {
      while !isEnough() { try await Task.sleep(for: .milliseconds(10)) }
      await visitor.lab.stop()
    }
    defer { end.cancel() }
    return try await ProcessRunner.run(["kubectl"] + arguments, environment: environment)
  }

  @Test(arguments: [
    (["get", "namespaces"], "kube-system"), (["get", "pods"], "worker-0"),
    (["get", "pods", "-A"], "coredns"), (["get", "pods", "-o", "wide"], "10.0.0.11"),
    (["get", "pods", "-o", "yaml"], "kind: Pod"),
    (["get", "pod/worker-0", "-o", "json"], "\"Pod\""),
    (["auth", "whoami"], "[dev ops system:authenticated]"), (["version"], "Server Version: v1.32"),
    (["api-resources"], "pods"), (["auth", "can-i", "list", "pods"], "yes"),
    (["get", "pods", "-l", "app=worker", "-o", "name"], "pod/worker-0\n"),
    (["get", "pods", "-A", "--field-selector", "metadata.namespace=shop"], "cart-"),
    (["wait", "--for=condition=Ready", "pod/worker-0", "--timeout=60s"], "condition met"),
  ])
  func `kubectl is content`(arguments: [String], expected: String) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      let result = try await kubectl(visitor, token: token, arguments)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains(expected))
    }
  }

  @Test(arguments: [
    (["get", "pods", "--as", "bob"], "Error from server (Forbidden)"),
    (["get", "pods", "--field-selector", "spec.colour=red"], "field label not supported"),
  ])
  func `kubectl says what is refused`(arguments: [String], expected: String) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      let result = try await kubectl(visitor, token: token, arguments)
      #expect(result.status == 1)
      #expect(result.errors.contains(expected), "\(result.errors)")
    }
  }

  @Test(arguments: [["get", "pods", "-w"], ["get", "pod", "worker-0", "-w"]])
  func `kubectl watches until the lab ends`(arguments: [String]) async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("id_token")
      // It asks for what there is, and then for what comes.
      let result = try await kubectl(visitor, token: token, arguments) {
        visitor.lab.log().filter { $0.path?.contains("/pods") == true }.count >= 2
      }
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.hasPrefix("NAME"))
      #expect(result.output.split(separator: "\n").count == (arguments.count == 3 ? 3 : 2))
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
