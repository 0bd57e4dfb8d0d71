// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Testing

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

  @Test(arguments: [
    ["--account", ""], ["--account", "me@x", "--application-default-credentials"],
    ["--impersonate-service-account", ""], ["--impersonate-service-account", "a/../b"],
    ["--impersonate-service-account", "a@x,"], ["--scopes", "a b"], ["--project", "p"], ["me@x"],
  ]) func `what cannot be meant`(words: [String]) {
    #expect(throws: (any Error).self) { try GKEOptions.parse(words) }
  }
}
