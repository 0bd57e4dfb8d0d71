// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// No secret in a log, a message, an argument list or an environment; the refresh token in no file, the access
/// token in ready credentials only.
@Suite(.serialized) struct CanaryTests {
  /// What the programs said and showed, and the tokens that they handed out.
  private struct Evidence {
    var errors: [String] = []
    var processes: [RunningProcess] = []
    var handedOut: Set<String> = []

    mutating func add(_ result: Outcome, exit: Int) throws {
      #expect(result.status == exit, "\(result.errors)")
      errors.append(result.errors)
      if exit == 0, !result.output.isEmpty { handedOut.insert(try result.token) }
    }
  }

  @Test func `secrets are nowhere but where they belong`() async throws {
    try await Desk.with { desk in
      var evidence = Evidence()
      try await renew(desk, &evidence)
      try await fail(desk, &evidence)
      let secrets = await desk.lab.secrets()
      #expect(secrets.count >= 8, "logins, codes, verifiers, renewals")
      for canary in secrets.map({ Canary($0) }) {
        #expect(canary.files(below: desk.folder) == [])
        expectSilence(canary, evidence, desk.lab)
      }
      #expect(evidence.handedOut.count >= 4)
      let ready = "\(desk.folder)/cache/lanyard/ready/"
      for canary in evidence.handedOut.map({ Canary($0) }) {
        #expect(canary.files(below: desk.folder).allSatisfy { $0.hasPrefix(ready) })
        expectSilence(canary, evidence, desk.lab)
      }
      let current = try await desk.lanyard(desk.getToken).token
      #expect(!Canary(current).files(below: ready).isEmpty, "the search looks in the right place")
    }
  }

  private func expectSilence(_ canary: Canary, _ evidence: Evidence, _ lab: RunningLab) {
    #expect(!evidence.errors.contains(where: canary.isIn))
    #expect(!evidence.processes.contains { canary.isIn($0.commandLine + $0.environment) })
    #expect(!lab.log().contains { canary.isIn($0.line) })
  }

  /// A login and a renewal that takes long enough to look at its processes.
  private func renew(_ desk: Desk, _ evidence: inout Evidence) async throws {
    evidence.handedOut.insert(try await desk.logInAndExpire(desk.getToken + ["-v"]))
    let arrived = desk.lab.log().count
    desk.lab.faults.set(
      try Fault("delay", grant: "refresh_token", parameters: ["ms": "1500", "when": "before"])
    )
    let asker = try desk.startLanyard(desk.getToken + ["-v"])
    _ = try await eventually("the renewal") {
      desk.lab.log(after: arrived).contains { $0.kind == .requestArrived } ? true : nil
    }
    evidence.processes = Canary.processes(startedBy: asker.processID)
    try evidence.add(try await asker.result(), exit: 0)
    #if os(Linux)
    #expect(evidence.processes.contains { $0.commandLine.hasSuffix("\0renew-session\0") })
    #expect(evidence.processes.contains { $0.commandLine.contains("get-token") })
    #endif
    for token in ["id", "access"] {
      try evidence.add(try await desk.lanyard(desk.getToken + ["--token", token, "-v"]), exit: 0)
    }
  }

  /// Failures of every kind, with their causes shown.
  private func fail(_ desk: Desk, _ evidence: inout Evidence) async throws {
    let verbose = desk.getToken + ["-v"]
    try await logInAnew(desk, &evidence)
    desk.lab.faults.set(try Fault(parsing: "wrong-signature:grant=refresh_token"))
    try evidence.add(try await desk.lanyard(verbose), exit: 4)
    try evidence.add(try await desk.asksUntilItWorks(verbose, tolerating: [4]), exit: 0)
    try await logInAnew(desk, &evidence)
    desk.lab.faults.set(try Fault(parsing: "drop-before:grant=refresh_token,times=2"))
    try evidence.add(try await desk.lanyard(verbose), exit: 5)
    try await logInAnew(desk, &evidence)
    await desk.lab.revokeSessions()
    try evidence.add(try await desk.lanyard(verbose), exit: 3)
    try evidence.add(try await desk.logIn(verbose, as: .init("bob")), exit: 4)
    try await beRepeated(desk, &evidence)
    // Somebody else's login may count as a failed one, after which only `lanyard login` asks at once.
    let words = ["login"] + desk.getToken.dropFirst(2) + ["-v"]
    try evidence.add(try await desk.logIn(words), exit: 0)
    try evidence.add(try await desk.lanyard(verbose), exit: 0)
  }

  /// Issuers that say in a refusal what they were sent.
  private func beRepeated(_ desk: Desk, _ evidence: inout Evidence) async throws {
    let verbose = desk.getToken + ["-v"]
    for (parameters, exit) in [("code=400", 4), ("code=401,as=error", 4), ("code=503", 5)] {
      try await logInAnew(desk, &evidence)
      desk.lab.faults.set(try Fault(parsing: "echo:grant=refresh_token,\(parameters)"))
      let told = try await desk.lanyard(verbose)
      #expect(told.errors.contains("‹secret›"), "\(told.errors)")
      try evidence.add(told, exit: exit)
    }
    desk.lab.faults.set(try Fault(parsing: "echo:grant=authorization_code"))
    let told = try await desk.logIn(["login"] + desk.getToken.dropFirst(2) + ["-v"])
    #expect(told.errors.contains("‹secret›"), "\(told.errors)")
    try evidence.add(told, exit: 4)
  }

  /// Replaces the session by one whose token has expired.
  private func logInAnew(_ desk: Desk, _ evidence: inout Evidence) async throws {
    desk.lab.faults.set(
      try Fault("expires", grant: "authorization_code", parameters: ["seconds": "1"])
    )
    let words = ["login"] + desk.getToken.dropFirst(2) + ["-v"]
    try evidence.add(try await desk.logIn(words), exit: 0)
    try await Task.sleep(for: .seconds(1.1))
  }

  // MARK: clients and robots

  /// The body of a PEM, whose last line is no secret.
  private func body(_ pem: String) -> String {
    pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
  }

  private func expectNowhere(_ secrets: [String], _ evidence: Evidence, _ desk: Desk) {
    for canary in secrets.map({ Canary($0) }) {
      #expect(canary.files(below: desk.folder) == [])
      expectSilence(canary, evidence, desk.lab)
    }
  }

  @Test func `a client's key, its assertions and the proofs of a session are nowhere`()
    async throws
  {
    let key = try await OpenSSL.key("P-256")
    let mine = try PrivateFile.temporaryFolder(prefix: "lanyard-canary")
    defer { PrivateFile.removeFolder(mine) }
    try PrivateFile.write(key.privatePEM, to: "\(mine)/key.pem")
    try await Desk.with({
      $0.dpop = .offered
      $0.clients.append(LabClient("robot", method: .privateKeyJWT, key: key.publicPEM))
    }) { desk in
      let words =
        LabKubeconfig.lanyardArguments(desk.lab, clientID: "robot")
        + ["--client-key-file", "\(mine)/key.pem", "-v"]
      try await desk.trust()
      var evidence = Evidence()
      try await renewSlowly(desk, words, desk.account(), &evidence)
      let secrets = await desk.lab.secrets().filter { $0.hasPrefix("eyJ") }
      #expect(secrets.count >= 4, "two assertions and two proofs")
      expectNowhere(secrets + [body(key.privatePEM)], evidence, desk)
    }
  }

  @Test func `a password and an assertion are nowhere`() async throws {
    let password = "a-password-that-is-found-if-it-is-there"
    let mine = try PrivateFile.temporaryFolder(prefix: "lanyard-canary")
    defer { PrivateFile.removeFolder(mine) }
    try await Desk.with({ $0.users.append(LabUser("carol", password: password)) }) { desk in
      let account = try desk.account()
      let assertion = try desk.lab.assertion(subject: "robot")
      try PrivateFile.write(password, to: "\(mine)/password")
      try PrivateFile.write(assertion, to: "\(mine)/assertion")
      try await desk.trust()
      var evidence = Evidence()
      let person = [
        "--grant-type", "password", "--username", "carol", "--password-file", "\(mine)/password",
        "-v",
      ]
      try evidence.add(try await desk.lanyard(desk.getToken + person, account), exit: 0)
      for grant in ["jwt-bearer", "token-exchange"] {
        let robot = ["--grant-type", grant, "--assertion-file", "\(mine)/assertion", "-v"]
        try evidence.add(try await desk.lanyard(desk.getToken + robot, account), exit: 0)
      }
      desk.lab.faults.set(try Fault(parsing: "oauth-error:times=forever"))
      for grant in ["jwt-bearer", "token-exchange"] {
        let robot = ["--grant-type", grant, "--assertion-file", "\(mine)/assertion", "-v"]
        let other = desk.getToken + robot + ["--audience", "another"]
        try evidence.add(try await desk.lanyard(other, account), exit: 4)
      }
      expectNowhere([password, assertion], evidence, desk)
    }
  }

  @Test func `a secret of a variable does not reach the renewal's environment`() async throws {
    try await Desk.with { desk in
      var variables = try desk.account()
      variables["A_SECRET"] = "lanyard-confidential-secret"
      let words =
        LabKubeconfig.lanyardArguments(desk.lab, clientID: "lanyard-confidential")
        + ["--client-secret-env", "A_SECRET", "-v"]
      try await desk.trust()
      var evidence = Evidence()
      try await renewSlowly(desk, words, variables, &evidence)
      let canary = Canary("lanyard-confidential-secret")
      #expect(canary.files(below: desk.folder) == [])
      #expect(!evidence.errors.contains(where: canary.isIn))
      #if os(Linux)
      let renewals = evidence.processes.filter { $0.commandLine.contains("renew-session") }
      #expect(!renewals.isEmpty)
      #expect(!renewals.contains { canary.isIn($0.commandLine + $0.environment) })
      #expect(!evidence.processes.contains { canary.isIn($0.commandLine) })
      #endif
    }
  }

  /// A login and a renewal that takes long enough to look at its processes.
  private func renewSlowly(
    _ desk: Desk,
    _ words: [String],
    _ variables: [String: String],
    _ evidence: inout Evidence
  ) async throws {
    desk.lab.faults.set(
      try Fault("expires", grant: "authorization_code", parameters: ["seconds": "1"])
    )
    try evidence.add(try await desk.logIn(words, as: Desk.alice, variables), exit: 0)
    try await Task.sleep(for: .seconds(1.1))
    let arrived = desk.lab.log().count
    desk.lab.faults.set(
      try Fault("delay", grant: "refresh_token", parameters: ["ms": "1500", "when": "before"])
    )
    let asker = try desk.startLanyard(words, variables)
    _ = try await eventually("the renewal") {
      desk.lab.log(after: arrived).contains { $0.kind == .requestArrived } ? true : nil
    }
    evidence.processes = Canary.processes(startedBy: asker.processID)
    try evidence.add(try await asker.result(), exit: 0)
  }

  /// Whether this machine writes core files into the working directory; elsewhere they go to a program.
  private static let writesCores: Bool = {
    let pattern = (try? PrivateFile.read("/proc/sys/kernel/core_pattern")) ?? "|"
    return !pattern.hasPrefix("|") && !pattern.hasPrefix("/")
  }()

  @Test(.enabled(if: writesCores)) func `no core file is left of a renewal`() async throws {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      desk.lab.faults.set(
        try Fault("delay", grant: "refresh_token", parameters: ["ms": "3000", "when": "before"])
      )
      let folder = "\(desk.folder)/cores"
      try PrivateFile.makeFolder(folder)
      func start(_ words: [String]) throws -> Conversation {
        let script = "ulimit -c unlimited; cd \"$1\"; shift; exec \"$@\""
        return try desk.start(["/bin/sh", "-c", script, "sh", folder] + words)
      }
      let asker = try start([try Programs.lanyard] + desk.getToken)
      _ = try await eventually("the request") { desk.lab.isBeingAskedToRenew ? true : nil }
      let renewal = Canary.processes(startedBy: asker.processID).filter {
        $0.commandLine.hasSuffix("\0renew-session\0")
      }
      #expect(renewal.count == 1)
      // The working directory of a renewal is the root.
      let root = FileManager.default.fileExists(atPath: "/core")
      // The asker first: it would tell that its renewal has ended.
      asker.send(SIGABRT)
      for process in renewal { kill(process.id, SIGABRT) }
      #expect(try await asker.result().status == 128 + Int(SIGABRT))
      #expect(Canary.allFiles(below: folder) == [])
      #expect(FileManager.default.fileExists(atPath: "/core") == root)
      let other = try start(["sleep", "60"])
      _ = try await eventually("another program") {
        RunningProcess(other.processID).commandLine.hasPrefix("sleep") ? true : nil
      }
      other.send(SIGABRT)
      _ = try await other.result()
      #expect(Canary.allFiles(below: folder).count == 1, "the search looks in the right place")
    }
  }

  @Test(arguments: ["plain", "tail", "base64", "in a longer base64"])
  func `a planted secret is found`(form: String) async throws {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      let secret = try #require(await desk.lab.secrets().first { $0.hasPrefix("lab-refresh-") })
      let planted =
        switch form {
        case "plain": "{\"refresh_token\":\"\(secret)\"}"
        case "tail": "…\(secret.suffix(24))"
        case "base64": Data(secret.utf8).base64EncodedString()
        default: Data("x=\(secret)&y".utf8).base64EncodedString()
        }
      let path = "\(desk.folder)/state/lanyard/cache/planted"
      try PrivateFile.write(planted, to: path)
      #expect(Canary(secret).files(below: desk.folder) == [path])
      #expect(Canary(secret).isIn(planted))
    }
  }
}
