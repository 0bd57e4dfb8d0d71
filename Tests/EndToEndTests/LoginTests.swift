// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Logins by the built program: the real form, the real redirect, one document on stdout.
@Suite struct LoginTests {
  @Test func `a browser login prints one v1 credential that the API server takes`() async throws {
    try await Desk.with { desk in
      let result = try await desk.logIn()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
      let credential = try result.credential
      #expect(credential["apiVersion"]?.string == "client.authentication.k8s.io/v1")
      #expect(credential["status"]?["expirationTimestamp"]?.string?.hasSuffix("Z") == true)
      let web = try WebClient(caPEM: desk.lab.caPEM)
      let answer = try await web.send(
        "\(desk.lab.apiServerURL)/api/v1/namespaces",
        headers: [(name: "authorization", value: "Bearer \(try result.token)")]
      )
      await web.close()
      #expect(answer.status == 200)
      let again = try await desk.lanyard(desk.getToken)
      #expect(try again.token == result.token)
      #expect(again.errors.isEmpty)
      #expect(desk.lab.logins == 1)
    }
  }

  @Test(arguments: ["v1", "v1beta1"])
  func `the version asked for is the one that is answered`(version: String) async throws {
    try await Desk.with { desk in
      let api = "client.authentication.k8s.io/\(version)"
      let info = #"{"apiVersion":"\#(api)","kind":"ExecCredential","spec":{"interactive":false}}"#
      let result = try await desk.logIn(as: Desk.alice, ["KUBERNETES_EXEC_INFO": info])
      #expect(try result.credential["apiVersion"]?.string == api)
    }
  }

  @Test func `--token access prints the access token`() async throws {
    try await Desk.with { desk in
      let id = try await desk.logIn().token
      let result = try await desk.lanyard(desk.getToken + ["--token", "access"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.token != id)
      #expect(desk.lab.logins == 1, "one login gives both")
    }
  }

  @Test func `a device login`() async throws {
    try await Desk.with { desk in
      let conversation = try desk.startLanyard(desk.getToken + ["--login", "device"])
      let url = try await conversation.hears { words in
        words.split(whereSeparator: \.isWhitespace).first { $0.contains("user_code=") }
          .map(String.init)
      }
      _ = try await BrowserDriver.with { try await $0.answerDevice(at: url, as: Desk.alice) }
      let result = try await conversation.result()
      #expect(result.status == 0, "\(result.errors)")
      _ = try result.token
      #expect(desk.lab.count(.deviceGrant) == 1)
    }
  }

  @Test func `somebody at a machine without display gets a device code`() async throws {
    try await Desk.with { desk in
      let api = "client.authentication.k8s.io/v1"
      let info = #"{"apiVersion":"\#(api)","kind":"ExecCredential","spec":{"interactive":true}}"#
      let conversation = try desk.startLanyard(desk.getToken, ["KUBERNETES_EXEC_INFO": info])
      let url = try await conversation.hears { words in
        words.split(whereSeparator: \.isWhitespace).first { $0.contains("user_code=") }
          .map(String.init)
      }
      _ = try await BrowserDriver.with { try await $0.answerDevice(at: url, as: Desk.alice) }
      let result = try await conversation.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(!result.errors.contains("/authorize"))
    }
  }

  @Test(arguments: SigningAlgorithm.allCases)
  func `every algorithm of the lab, at a login and at a renewal`(algorithm: SigningAlgorithm)
    async throws
  {
    try await Desk.with({ $0.algorithm = algorithm }) { desk in
      let expired = try await desk.logInAndExpire()
      let renewed = try await desk.lanyard(desk.getToken)
      #expect(renewed.status == 0, "\(renewed.errors)")
      #expect(try renewed.token != expired)
    }
  }

  @Test func `a refused login is exit 4, and nobody is asked again at once`() async throws {
    try await Desk.with { desk in
      let refused = try await desk.logIn(as: .init("alice", refuses: true))
      #expect(refused.status == 4)
      #expect(refused.output.isEmpty)
      #expect(refused.errors.contains("the issuer refused the login"))
      let again = try await desk.lanyard(desk.getToken + ["--login", "browser"])
      #expect(again.status == 3)
      #expect(again.output.isEmpty)
      #expect(again.errors.contains("nobody is asked again for"))
      #expect(!again.errors.contains("/authorize"))
    }
  }

  @Test func `a refused device login is exit 4`() async throws {
    try await Desk.with { desk in
      let conversation = try desk.startLanyard(desk.getToken + ["--login", "device"])
      let url = try await conversation.hears { words in
        words.split(whereSeparator: \.isWhitespace).first { $0.contains("user_code=") }
          .map(String.init)
      }
      _ = try await BrowserDriver.with {
        try await $0.answerDevice(at: url, as: .init("alice", refuses: true))
      }
      let result = try await conversation.result()
      #expect(result.status == 4)
      #expect(result.output.isEmpty)
    }
  }

  @Test func `a secret goes only to an issuer that was trusted`() async throws {
    try await Desk.with { desk in
      let account = try desk.account()
      let arguments = try confidential(desk)
      let before = try await desk.lanyard(arguments + ["--login", "browser"], account)
      #expect(before.status == 7)
      #expect(before.output.isEmpty)
      #expect(before.errors.contains("lanyard trust \(desk.lab.issuer)"))
      #expect(desk.lab.count(.requestArrived) == 0)
      #expect(try await desk.lanyard(["trust", desk.lab.issuer], account).status == 0)
      let after = try await desk.logIn(arguments, account)
      #expect(after.status == 0, "\(after.errors)")
      _ = try after.token
    }
  }

  @Test func `variables that a kubeconfig can set do not choose whom a secret goes to`()
    async throws
  {
    try await Desk.with { desk in
      let account = try desk.account()
      let arguments = try confidential(desk) + ["--login", "browser"]
      for place in [".config/lanyard", ".local/state/lanyard"] {
        try FileManager.default.createDirectory(
          atPath: "\(desk.folder)/theirs/\(place)",
          withIntermediateDirectories: true
        )
        try PrivateFile.write(
          "\(desk.lab.issuer)\n",
          to: "\(desk.folder)/theirs/\(place)/trusted-issuers"
        )
      }
      let theirs = [
        "HOME": "\(desk.folder)/theirs", "XDG_CONFIG_HOME": "\(desk.folder)/theirs/.config",
        "XDG_STATE_HOME": "\(desk.folder)/theirs/.local/state",
      ]
      let result = try await desk.lanyard(
        arguments,
        account.merging(theirs) { _, theirs in theirs }
      )
      #expect(result.status == 7)
      #expect(result.errors.contains("not trusted with secrets"), "\(result.errors)")
      #expect(desk.lab.count(.requestArrived) == 0)
    }
  }

  private func confidential(_ desk: Desk) throws -> [String] {
    let file = "\(desk.folder)/secret"
    try PrivateFile.write("lanyard-confidential-secret\n", to: file)
    return LabKubeconfig.lanyardArguments(desk.lab, clientID: "lanyard-confidential")
      + ["--client-secret-file", file]
  }

  @Test func `an issuer with TLS needs its certificate authority`() async throws {
    try await Desk.with({ $0.issuerTLS = true }) { desk in
      let without = try await desk.lanyard(desk.getToken + ["--login", "browser"])
      #expect(without.status == 5)
      #expect(without.output.isEmpty)
      #expect(without.errors.contains("TLS"))
      let file = "\(desk.folder)/ca.pem"
      try PrivateFile.write(desk.lab.caPEM, to: file)
      let arguments = LabKubeconfig.lanyardArguments(desk.lab, caFile: file)
      let with = try await desk.logIn(arguments)
      #expect(with.status == 0, "\(with.errors)")
      _ = try with.token
    }
  }

  @Test func `two logins at once are one: the second waits and shares`() async throws {
    try await Desk.with { desk in
      let first = try desk.startLanyard(desk.getToken + ["--login", "browser"])
      let url = try await first.hears { $0.url(of: "\(desk.lab.issuer)/authorize") }
      let second = try desk.startLanyard(desk.getToken + ["--login", "browser"])
      _ = try await second.hears { $0.contains("a login at this issuer is in progress") ? $0 : nil }
      _ = try await BrowserDriver.with { try await $0.logIn(at: url, as: Desk.alice) }
      let (one, two) = (try await first.result(), try await second.result())
      #expect(one.status == 0 && two.status == 0, "\(one.errors)\(two.errors)")
      #expect(try one.token == two.token)
      #expect(desk.lab.logins == 1)
      #expect(!second.errors.contains("/authorize"))
    }
  }

  @Test func `who may not wait is told that a login is in progress`() async throws {
    try await Desk.with { desk in
      let first = try desk.startLanyard(desk.getToken + ["--login", "browser"])
      _ = try await first.hears { $0.url(of: "\(desk.lab.issuer)/authorize") }
      let second = try await desk.lanyard(desk.getToken)
      #expect(second.status == 3)
      #expect(second.errors.contains("a login is in progress (process \(first.processID)"))
      try await desk.answer(first)
      #expect(try await first.result().status == 0)
    }
  }
}
