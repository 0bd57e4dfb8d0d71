// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import OAuth
import Testing

/// gcloud's settings, as configparser reads them, and names in options.
@Suite struct GcloudSettingsTests {
  private static let folder = "/home/me/.config/gcloud"

  /// The account that settings give: gcloud is not signed in as anybody here, and the failure names it.
  private func account(
    _ text: String,
    _ variables: [String: String] = [:],
    pointer: String? = nil
  ) async -> String? {
    let world = World(variables.merging(["NO_GCE_CHECK": "true"]) { $1 }) { state in
      state.files["\(Self.folder)/configurations/config_default"] = Array(text.utf8)
      state.files["\(Self.folder)/configurations/config_work"] = Array("[core]\naccount=w@x".utf8)
      state.files["\(Self.folder)/active_config"] = pointer.map { Array($0.utf8) }
    }
    do throws(CloudError) {
      _ = try await GoogleCredentials.token(GoogleRequest(), world.effects)
      return nil
    } catch {
      return error.remedy.split(separator: "login ").last.map(String.init)
    }
  }

  @Test(arguments: [
    "[core]\naccount = me@x\n", "[core]\r\naccount=me@x\r\n",
    "# c\n; c\n[core]\naccount : me@x\u{20}",
    "[core]\naccount = you@x\nAccount = me@x", "[auth]\naccount = you@x\n[core]\naccount = me@x",
    "account = you@x\n[core]\n  account = me@x\nproject = a=b:c\n[other",
  ]) func `a file`(text: String) async {
    #expect(await account(text) == "me@x")
  }

  @Test(arguments: [
    "", "[core]", "[core]\naccount =\n", "[core\naccount = me@x", "[auth]\naccount = me@x",
  ])
  func `a file without an account`(text: String) async {
    #expect(await account(text) == "run: gcloud auth login")
  }

  @Test func `a variable comes before the file`() async {
    let text = "[core]\naccount = me@x\n"
    #expect(await account(text, ["CLOUDSDK_CORE_ACCOUNT": "env@x"]) == "env@x")
  }

  @Test(
    arguments: [
      (nil, nil, "me@x"), ("work", nil, "w@x"), ("work\n", nil, "w@x"), ("", nil, "me@x"),
      ("default", "work", "w@x"), ("work", "NONE", "run: gcloud auth login"),
    ] as [(String?, String?, String)]
  )
  func `which configuration is active`(pointer: String?, variable: String?, expected: String) async
  {
    var variables: [String: String] = [:]
    variables["CLOUDSDK_ACTIVE_CONFIG_NAME"] = variable
    #expect(await account("[core]\naccount = me@x", variables, pointer: pointer) == expected)
  }

  @Test(arguments: ["../../etc", "2work", "Work", "a/b", "a.b", "-a"])
  func `a configuration that cannot be`(name: String) async {
    let text = "[core]\naccount = me@x"
    let remedy = "choose one: gcloud config configurations list"
    #expect(await account(text, ["CLOUDSDK_ACTIVE_CONFIG_NAME": name]) == remedy)
  }

  @Test(arguments: [
    ("a@p.iam.gserviceaccount.com", ["a@p.iam.gserviceaccount.com"]),
    ("a@x, b@x,c@x", ["a@x", "b@x", "c@x"]), ("123456789", ["123456789"]),
  ]) func `accounts to act as`(text: String, accounts: [String]) throws {
    #expect(try GoogleRequest.impersonation(parsing: text) == accounts)
  }

  @Test(arguments: ["", ",", "a@x,", "a/../b", "a:b", "a?b", "a b", "ä@x", "a@x\n"])
  func `no accounts to act as`(text: String) {
    #expect(throws: CloudError.self) { try GoogleRequest.impersonation(parsing: text) }
  }
}
