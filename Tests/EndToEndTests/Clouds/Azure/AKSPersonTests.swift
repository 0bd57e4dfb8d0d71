// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// People at AKS: kubectl, lanyard, the lab as Entra ID, the lab's API server.
@Suite(.serialized, .enabled(if: ProcessRunner.find("kubectl") != nil, "there is no kubectl"))
struct AKSPersonTests {
  @Test func `the arguments that az aks get-credentials writes, as they are`() async throws {
    try await Desk.withEntra({ $0.accessLifetime = 15 }) { desk in
      let kubectl = try #require(ProcessRunner.find("kubectl"))
      let path = try desk.kubeconfig(desk.aksWords("--login", "devicecode"))
      let command = [kubectl, "--kubeconfig", path, "get", "pods"]
      let variables = try desk.entra()
      let first = try desk.start(command, variables)
      try await desk.approveDevice(first)
      let pods = try await first.result()
      #expect(pods.status == 0, "\(pods.errors)")
      #expect(pods.output.hasPrefix("NAME"))
      let deadline = ContinuousClock.now + .seconds(90)
      while desk.lab.count(.refresh) < 2, ContinuousClock.now < deadline {
        let next = try await desk.pods(desk.aksWords("--login", "devicecode"), variables)
        #expect(next.status == 0, "\(next.errors)")
        try await Task.sleep(for: .milliseconds(200))
      }
      #expect(desk.lab.count(.deviceGrant) == 1)
      let api = desk.lab.log().filter { $0.kind == .apiRequest }
      #expect(api.allSatisfy { $0.user == "alice" && $0.status != 401 })
    }
  }

  @Test func `a browser, with the address that Microsoft's clients have registered`() async throws {
    try await Desk.withEntra { desk in
      let words = desk.aksWords("--login", "interactive")
      let conversation = try desk.startLanyard(words, try desk.entra())
      let url = try await desk.answerEntra(conversation)
      #expect(url.contains("redirect_uri=http%3A%2F%2Flocalhost%3A"))
      #expect(!url.contains("%2F&"), "no slash at the end of the redirect URI")
      let result = try await conversation.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.claims["aud"]?.string == EntraOptions.aks)
      let again = try await desk.lanyard(words, try desk.entra())
      #expect(again.output == result.output)
    }
  }

  @Test func `auto is nobody without a browser, a terminal and a sign-in`() async throws {
    try await Desk.withEntra { desk in
      let result = try await desk.lanyard(desk.aksWords(), try desk.entra())
      #expect(result.status == 3)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("nobody is logged in"))
    }
  }

  @Test func `login and logout of a context`() async throws {
    try await Desk.withEntra { desk in
      let path = try desk.kubeconfig(desk.aksWords("--login", "auto"))
      let variables = try desk.entra(["KUBECONFIG": path])
      let login = try desk.startLanyard(["login", "lab", "--login", "browser"], variables)
      try await desk.answerEntra(login)
      let told = try await login.result()
      #expect(told.status == 0, "\(told.errors)")
      #expect(told.errors.contains("logged in as alice"))
      let pods = try await desk.pods(desk.aksWords("--login", "auto"), variables)
      #expect(pods.status == 0, "\(pods.errors)")
      let logout = try await desk.lanyard(["logout", "lab"], variables)
      #expect(logout.status == 0, "\(logout.errors)")
      let after = try await desk.lanyard(desk.aksWords("--login", "auto"), variables)
      #expect(after.status == 3)
      #expect(after.errors.contains("lanyard login lab"))
    }
  }

  @Test(arguments: [("azurecli", "az login"), ("msi", "nothing to do")])
  func `a context for which nobody logs in says so`(method: String, remedy: String) async throws {
    try await Desk.withEntra { desk in
      let path = try desk.kubeconfig(desk.aksWords("--login", method))
      let result = try await desk.lanyard(["login", "lab"], try desk.entra(["KUBECONFIG": path]))
      #expect(result.status == 7)
      #expect(result.errors.contains(remedy), "\(result.errors)")
    }
  }

  @Test func `a password in a variable`() async throws {
    try await Desk.withEntra { desk in
      let variables = try desk.entra(["AZURE_USERNAME": "alice", "AZURE_PASSWORD": "alice"])
      let words = desk.aksWords("--login", "ropc")
      let refused = try await desk.lanyard(words, variables)
      #expect(refused.status == 7)
      #expect(refused.errors.contains("lanyard trust \(desk.lab.issuer)/\(Desk.tenant)/v2.0"))
      #expect(desk.lab.count(.passwordGrant) == 0)
      try await desk.trustEntra()
      let result = try await desk.lanyard(words, variables)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.claims["preferred_username"]?.string == "alice")
      let context = variables.merging(["KUBECONFIG": try desk.kubeconfig(words)]) { $1 }
      let logout = try await desk.lanyard(["logout", "lab"], context)
      #expect(logout.status == 0, "\(logout.errors)")
    }
  }

  @Test func `lanyard login of a context with a password trusts the tenant from then on`()
    async throws
  {
    try await Desk.withEntra { desk in
      let words =
        desk.aksWords("--login", "password") + ["--username", "alice", "--password-env", "PW"]
      let variables = try desk.entra(["PW": "alice", "KUBECONFIG": try desk.kubeconfig(words)])
      let login = try await desk.lanyard(["login", "lab"], variables)
      #expect(login.status == 0, "\(login.errors)")
      let token = try await desk.lanyard(words, variables)
      #expect(token.status == 0, "\(token.errors)")
      let logout = try await desk.lanyard(["logout", "lab"], variables)
      #expect(logout.status == 0, "\(logout.errors)")
    }
  }

  @Test func `a person's token that is bound, in envelopes that the API server opens`() async throws
  {
    let resource = "/subscriptions/s/connectedClusters/c"
    try await Desk.withEntra(entra: { $0.boundTo = resource }) { desk in
      let variables = try desk.entra(["AZURE_USERNAME": "alice", "AZURE_PASSWORD": "alice"])
      try await desk.trustEntra()
      let words = [
        "get-token", "aks", "--server-id", EntraOptions.arc, "--tenant-id", Desk.tenant, "--login",
        "password", "--pop-enabled", "--pop-claims", "u=\(resource)",
      ]
      for _ in 0..<2 {
        let pods = try await desk.pods(words, variables)
        #expect(pods.status == 0, "\(pods.errors)")
      }
      #expect(desk.lab.count(.passwordGrant) == 1)
      #expect(desk.lab.count(.refresh) == 1, "token and key are kept")
      #expect(desk.lab.log().contains { $0.kind == .apiRequest && $0.user == "alice" })
    }
  }

  // MARK: Conditional Access

  private func refuse(_ desk: Desk, _ number: Int, _ error: String, claims: String? = nil) throws {
    let member = claims.map { #","claims":"\#($0)""# } ?? ""
    let body =
      #"{"error":"\#(error)","error_description":"AADSTS\#(number): words of Entra. Trace ID: t","error_codes":[\#(number)]\#(member)}"#
    desk.lab.faults.set(
      try Fault(
        "status",
        endpoint: "token",
        grant: "refresh_token",
        parameters: ["code": "400", "type": "application/json", "body": body]
      )
    )
  }

  @Test func `what the next login has to ask for is asked for`() async throws {
    try await Desk.withEntra({ $0.accessLifetime = 1 }) { desk in
      let words = desk.aksWords("--login", "interactive")
      let first = try desk.startLanyard(words, try desk.entra())
      try await desk.answerEntra(first)
      #expect(try await first.result().status == 0)
      try await Task.sleep(for: .seconds(1.1))
      let claims = #"{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"c1\"]}}}"#
      try refuse(desk, 50_076, "interaction_required", claims: claims)
      let second = try desk.startLanyard(words, try desk.entra())
      let url = try await desk.answerEntra(second)
      #expect(url.contains("claims=%7B%22access_token%22%3A%7B%22capolids%22"))
      let result = try await second.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("multi-factor authentication is needed (AADSTS50076)"))
      try await Task.sleep(for: .seconds(1.1))
      let third = try await desk.lanyard(words, try desk.entra())
      #expect(third.status == 0, "it is renewed again: \(third.errors)")
    }
  }

  @Test func `nor is it lost where only a bound token was refused`() async throws {
    try await Desk.withEntra { desk in
      let words = [
        "get-token", "aks", "--server-id", EntraOptions.arc, "--tenant-id", Desk.tenant, "--login",
        "browser",
      ]
      let first = try desk.startLanyard(words, try desk.entra())
      try await desk.answerEntra(first)
      #expect(try await first.result().status == 0)
      let claims = #"{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"c1\"]}}}"#
      try refuse(desk, 50_076, "interaction_required", claims: claims)
      let bound = words + ["--pop-enabled", "--pop-claims", "u=/c"]
      let variables = try desk.entra(["KUBECONFIG": try desk.kubeconfig(bound)])
      for _ in 0..<2 {
        let refused = try await desk.lanyard(bound, variables)
        #expect(refused.status == 3, "\(refused.errors)")
        #expect(refused.errors.contains("AADSTS50076"))
        #expect(refused.errors.contains("log in: lanyard login lab"), "\(refused.errors)")
      }
      let login = try desk.startLanyard(["login", "lab"], variables)
      let url = try await desk.answerEntra(login)
      #expect(url.contains("claims=%7B%22access_token%22%3A%7B%22capolids%22"))
      #expect(try await login.result().status == 0)
      let result = try await desk.lanyard(bound, variables)
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test func `too many requests end no session`() async throws {
    try await Desk.withEntra({ $0.accessLifetime = 1 }) { desk in
      let words = desk.aksWords("--login", "interactive")
      let first = try desk.startLanyard(words, try desk.entra())
      try await desk.answerEntra(first)
      #expect(try await first.result().status == 0)
      try await Task.sleep(for: .seconds(1.1))
      try refuse(desk, 50_196, "invalid_grant")
      let refused = try await desk.lanyard(words, try desk.entra())
      #expect(refused.status == 5, "\(refused.errors)")
      #expect(refused.errors.contains("AADSTS50196"))
    }
  }

  // MARK: two tenants

  @Test func `two tenants are two logins`() async throws {
    let other = "99999999-9999-9999-9999-999999999999"
    try await Desk.withEntra(entra: { $0.tenants.append(other) }) { desk in
      let words = desk.aksWords("--login", "interactive")
      let first = try desk.startLanyard(words, try desk.entra())
      try await desk.answerEntra(first)
      let mine = try await first.result()
      #expect(try mine.claims["tid"]?.string == Desk.tenant)
      let elsewhere = words.map { $0 == Desk.tenant ? other : $0 }
      let second = try desk.startLanyard(elsewhere, try desk.entra())
      let url = try await second.hears { $0.url(of: "\(desk.lab.issuer)/\(other)/") }
      _ = try await BrowserDriver.with { try await $0.logIn(at: url, as: .init("bob")) }
      let theirs = try await second.result()
      #expect(try theirs.claims["tid"]?.string == other)
      #expect(try theirs.claims["preferred_username"]?.string == "bob")
      let again = try await desk.lanyard(words, try desk.entra())
      #expect(try again.claims["preferred_username"]?.string == "alice")
    }
  }

  @Test func `a tenant that is not there`() async throws {
    try await Desk.withEntra { desk in
      let words = desk.aksWords("--login", "interactive").map {
        $0 == Desk.tenant ? "88888888-8888-8888-8888-888888888888" : $0
      }
      let result = try await desk.lanyard(words, try desk.entra())
      #expect(result.status == 7, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("there is no such tenant (AADSTS90002)"))
      #expect(result.errors.contains("--tenant-id"))
    }
  }
}
