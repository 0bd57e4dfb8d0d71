// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The options of `get-token gke`.
@Suite struct GKEOptionsTests {
  @Test func `nothing has to be said`() throws {
    let options = try GKEOptions.parse([])
    #expect(options.account == nil && options.impersonateServiceAccount == nil)
    #expect(options.scopes.isEmpty && !options.applicationDefaultCredentials)
  }

  @Test(arguments: [
    ["--impersonate-service-account", "sa@p"], ["--impersonate_service_account=sa@p"],
    ["--impersonate-service-account=sa@p"],
  ]) func `a service account, in gcloud's words and in the plugin's`(words: [String]) throws {
    #expect(try GKEOptions.parse(words).impersonateServiceAccount == "sa@p")
  }

  @Test(arguments: ["--application-default-credentials", "--use_application_default_credentials"])
  func `application default credentials, in both spellings`(word: String) throws {
    #expect(try GKEOptions.parse([word]).applicationDefaultCredentials)
  }

  @Test func `the page knows every variable that is read`() throws {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/")
    func text(_ path: String) throws -> String {
      String(decoding: try Data(contentsOf: URL(filePath: "\(root)/\(path)")), as: UTF8.self)
    }
    let table = try text("Sources/ReadyCredential/Inputs/ProviderInputs+GKE.swift")
    let names = table.split(separator: "\"")
      .filter { $0.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" } }
    #expect(names.count > 20)
    let page = try text("docs/clouds.md").split(separator: "\n## GKE\n").last ?? ""
    for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
  }

  @Test func `what the plugin hands on to gcloud and no token depends on`() throws {
    let words = ["--project=p", "--account", "me@x"]
    #expect(try GKEOptions.parse(words).request() == GKEOptions.parse(["--account=me@x"]).request())
  }

  @Test(arguments: [
    ["--account", ""], ["--account", "me@x", "--application-default-credentials"],
    ["--impersonate-service-account", ""], ["--impersonate-service-account", "a/../b"],
    ["--impersonate-service-account", "a@x,"], ["--scopes", "a b"], ["me@x"],
    ["--account", "me@x", "--credentials-from", "prod"], ["--use_edge_cloud"],
  ]) func `what cannot be meant`(words: [String]) {
    #expect(throws: (any Error).self) { try GKEOptions.parse(words) }
  }
}
