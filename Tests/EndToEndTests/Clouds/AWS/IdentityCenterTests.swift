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

/// IAM Identity Center, with the programs as they were built.
@Suite struct IdentityCenterTests {
  @Test func `a sign-in of the AWS CLI gives a token`() async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: 3600)
      let result = try await aws.token()
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.signingKey == "ASIALAB111122223333N1")
      #expect(aws.service.site.count("/token") == 0)
      #expect(try await aws.token().output == result.output)
      #expect(aws.service.site.count("/federation/credentials") == 1)
    }
  }

  @Test func `ten processes renew an ended sign-in once`() async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: -10, more: ["unknown": ["a": 1]])
      aws.service.site.change { $0.tokenDelay = 0.3 }
      let path = "\(aws.desk.folder)/home/\(SignInDesk.tokenPath)"
      let isShared = unsafe chmod(path, 0o644) == 0
      #expect(isShared)
      let results = try await withThrowingTaskGroup(of: Outcome.self) { group in
        for number in 0..<10 {
          group.addTask {
            let words = SignInDesk.getToken("dev") + ["--region", "eu-west-\(number % 3 + 1)"]
            return try await aws.desk.lanyard(words, aws.variables)
          }
        }
        return try await group.reduce(into: [Outcome]()) { $0.append($1) }
      }
      for result in results {
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.signingKey == "ASIALAB111122223333N1")
      }
      #expect(aws.service.site.count("/token") == 1)
      #expect(aws.service.site.replays == 0)
      let members = try aws.members(SignInDesk.tokenPath)
      #expect(members["unknown"] == ["a": 1])
      #expect(members["startUrl"] == .string(SignInDesk.startURL))
      var status = stat()
      let isThere = unsafe stat(path, &status) == 0
      #expect(isThere)
      #expect(status.st_mode & 0o777 == 0o644, "the mode is the user's")
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL])
  func `a signal during the renewal does not cost the sign-in`(signal: Int32) async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: -10)
      aws.service.site.change { $0.tokenDelay = 1 }
      let first = try aws.desk.startLanyard(SignInDesk.getToken("dev"), aws.variables)
      _ = try await eventually("the request") { aws.service.site.count("/token") == 1 ? true : nil }
      first.send(signal)
      _ = try await first.result()
      let second = try await aws.token()
      #expect(second.status == 0, "\(second.errors)")
      #expect(aws.service.site.count("/token") == 1)
      #expect(aws.service.site.replays == 0)
    }
  }

  @Test func `a killed renewal leaves a whole file and no lock`() async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: -10)
      aws.service.site.change { $0.tokenDelay = 30 }
      let before = try aws.members(SignInDesk.tokenPath)
      let first = try aws.desk.startLanyard(SignInDesk.getToken("dev"), aws.variables)
      _ = try await eventually("the request") { aws.service.site.count("/token") == 1 ? true : nil }
      let renewals = Canary.processes(startedBy: first.processID).filter {
        $0.commandLine.hasSuffix("\0renew-sign-in\0")
      }
      #expect(renewals.count == 1)
      for renewal in renewals { kill(renewal.id, SIGKILL) }
      let told = try await first.result()
      #expect(told.status == 1)
      #expect(told.errors.contains("ended without a report"))
      #expect(try aws.members(SignInDesk.tokenPath) == before)
      aws.service.site.change { settings in
        settings.tokenDelay = 0
        settings.refusal = "invalid_grant"
      }
      let second = try await aws.token()
      #expect(second.status == 3)
      #expect(second.errors.contains("aws sso login --profile dev, or: lanyard login dev"))
      try aws.signIn(for: 3600)
      #expect(try await aws.token().status == 0)
    }
  }

  @Test func `a lost answer costs nothing where it can be asked for again`() async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: -10)
      aws.service.site.change { $0.lostAnswers = 1 }
      let result = try await aws.token()
      #expect(result.status == 0, "\(result.errors)")
      #expect(aws.service.site.count("/token") == 2)
      #expect(aws.service.site.replays == 0)
    }
  }

  @Test func `a renewal that fails leaves the very file that was there`() async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: 60)
      aws.service.site.change { $0.refusal = "invalid_grant" }
      let path = "\(aws.desk.folder)/home/\(SignInDesk.tokenPath)"
      func mark() throws -> String {
        let found = try FileManager.default.attributesOfItem(atPath: path)
        return "\(found[.systemFileNumber] ?? "") \(found[.modificationDate] ?? "")"
      }
      let before = try mark()
      // The token is still good, so each call that finds it due tries a renewal.
      for region in ["eu-west-1", "eu-west-2"] {
        let words = SignInDesk.getToken("dev") + ["--region", region]
        let result = try await aws.desk.lanyard(words, aws.variables)
        #expect(result.status == 0, "\(result.errors)")
      }
      #expect(aws.service.site.count("/token") > 0)
      #expect(try mark() == before)
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      #expect(try FileManager.default.contentsOfDirectory(atPath: "/\(folder)").count == 1)
    }
  }

  @Test func `a role on top of a sign-in ends with it, and is not the next person's`() async throws
  {
    try await SignInDesk.with(cloud: true) { aws in
      let cloud = try #require(aws.desk.lab.aws)
      let variables = aws.variables.merging(
        ["AWS_ENDPOINT_URL_STS": "\(aws.desk.lab.issuer)/aws/sts"]
      ) { $1 }
      let words =
        SignInDesk.getToken("dev") + ["--role-arn", "arn:aws:iam::111122223333:role/admin"]
      func ask() async throws -> Outcome { try await aws.desk.lanyard(words, variables) }
      try aws.signIn(for: 3600)
      let first = try await ask()
      #expect(first.status == 0, "\(first.errors)")
      #expect(try await ask().signingKey == first.signingKey)
      #expect(cloud.requests.count == 1)
      let out = try await aws.desk.lanyard(["logout", "dev"], variables)
      #expect(out.status == 0, "\(out.errors)")
      let nobody = try await ask()
      #expect(nobody.status == 3, "\(nobody.errors)")
      #expect(nobody.output.isEmpty)
      try aws.signIn(for: 3600)
      let other = try await ask()
      #expect(other.status == 0, "\(other.errors)")
      #expect(try other.signingKey != first.signingKey)
      #expect(cloud.requests.count == 2)
    }
  }

  @Test func `two accounts of one sign-in`() async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: 3600)
      #expect(try await aws.token("dev").signingKey.hasPrefix("ASIALAB111122223333"))
      #expect(try await aws.token("other").signingKey.hasPrefix("ASIALAB444455556666"))
      let refused = try await aws.token("none")
      #expect(refused.status == 4)
      #expect(refused.errors.contains("role Admin in account 111122223333"))
    }
  }

  @Test func `a profile that is renamed goes on with what was kept`() async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: 3600)
      let first = try await aws.token("dev").signingKey
      let config = try PrivateFile.read("\(aws.desk.folder)/home/.aws/config")
      try aws.write(config.replacing("profile dev", with: "profile renamed"), to: ".aws/config")
      #expect(try await aws.token("renamed").signingKey == first)
      let gone = try await aws.token("dev")
      #expect(gone.status == 7)
      #expect(aws.service.site.count("/federation/credentials") == 1)
    }
  }

  @Test(arguments: ["", "{\"accessToken\": \"x", "null"])
  func `a torn file`(text: String) async throws {
    try await SignInDesk.with { aws in
      try aws.write(text, to: SignInDesk.tokenPath)
      let result = try await aws.token()
      #expect(result.status == 3)
      #expect(result.errors.contains("is damaged"))
      #expect(result.errors.contains("aws sso login --profile dev, or: lanyard login dev"))
      #expect(result.output.isEmpty)
    }
  }

  @Test func `endpoints elsewhere are refused unless the user's configuration allows them`()
    async throws
  {
    try await SignInDesk.with { aws in
      try aws.signIn(for: -10)
      try aws.desk.allow([])
      let here = try await aws.token()
      #expect(here.status == 7, "who listens on a port of this machine may be anybody")
      #expect(here.errors.contains("aws-other-hosts"))
      var variables = aws.variables
      variables["AWS_ENDPOINT_URL_SSO_OIDC"] = "https://evil.example"
      let result = try await aws.desk.lanyard(SignInDesk.getToken("dev"), variables)
      #expect(result.status == 7)
      #expect(result.errors.contains("aws-other-hosts"))
      #expect(aws.service.site.count("/token") == 0)
    }
  }

  // MARK: login and logout

  @Test func `login with a browser, and logout`() async throws {
    try await SignInDesk.with { aws in
      let nobody = try await aws.token()
      #expect(nobody.status == 3)
      #expect(nobody.errors.contains("lanyard login dev"))
      let login = try aws.desk.startLanyard(
        ["login", "dev", "--login", "browser"],
        aws.variables
      )
      let page = try await aws.browse(login, "/authorize")
      #expect(page.status == 200)
      #expect(page.html.contains("You are logged in"))
      let result = try await login.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("logged in at IAM Identity Center corp"))
      #expect(result.errors.contains("and is renewed by itself"))
      let members = try aws.members(SignInDesk.tokenPath)
      #expect(members["startUrl"] == .string(SignInDesk.startURL))
      #expect(members["refreshToken"]?.string != nil)
      #expect(try await aws.token().status == 0)
      let logout = try await aws.desk.lanyard(["logout", "dev"], aws.variables)
      #expect(logout.status == 0, "\(logout.errors)")
      #expect(logout.errors.contains("logged out at AWS"))
      #expect(!aws.has(SignInDesk.tokenPath))
      #expect(try await aws.token().status == 3)
      let again = try await aws.desk.lanyard(["logout", "dev"], aws.variables)
      #expect(again.errors.contains("nobody was logged in"))
    }
  }

  @Test func `login with a device code`() async throws {
    try await SignInDesk.with { aws in
      let result = try await aws.desk.lanyard(
        ["login", "dev", "--login", "device"],
        aws.variables
      )
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("/device on any device and enter the code"))
      #expect(try await aws.token().status == 0)
    }
  }

  @Test func `a login for a role that one may not have says so`() async throws {
    try await SignInDesk.with { aws in
      let result = try await aws.desk.lanyard(
        ["login", "none", "--login", "device"],
        aws.variables
      )
      #expect(result.status == 4)
      #expect(result.errors.contains("logged in at IAM Identity Center corp"))
      #expect(result.errors.contains("role Admin in account 111122223333"))
    }
  }

  @Test func `logging out of everything`() async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: 3600)
      try await aws.signInAtConsole(for: 900)
      let result = try await aws.desk.lanyard(["logout", "--all"], aws.variables)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("dev: logged out at AWS"))
      #expect(result.errors.contains("me: logged out here"))
      #expect(!aws.has(SignInDesk.tokenPath))
      #expect(!aws.has(SignInDesk.sessionPath))
    }
  }

  @Test(arguments: ["login", "logout"])
  func `a context of GKE is signed in to by gcloud`(verb: String) async throws {
    try await SignInDesk.with { aws in
      let result = try await aws.desk.lanyard([verb, "gke"], aws.variables)
      #expect(result.status == 7)
      #expect(result.errors.contains(verb == "login" ? "gcloud auth login" : "gcloud auth revoke"))
    }
  }

  @Test func `nothing secret is told`() async throws {
    try await SignInDesk.with { aws in
      try aws.signIn(for: -10)
      let secrets = try aws.members(SignInDesk.tokenPath)
      let result = try await aws.desk.lanyard(SignInDesk.getToken("dev") + ["-v"], aws.variables)
      #expect(result.status == 0, "\(result.errors)")
      let renewed = try aws.members(SignInDesk.tokenPath)
      for members in [secrets, renewed] {
        for name in ["accessToken", "refreshToken", "clientSecret"] {
          let secret = try #require(members[name]?.string)
          #expect(!result.errors.contains(secret))
          #expect(!result.output.contains(secret))
        }
      }
    }
  }
}
