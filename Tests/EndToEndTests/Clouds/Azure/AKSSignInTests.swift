// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// The sign-in of the Azure CLI, with and without `az`.
@Suite struct AKSSignInTests {
  @Test func `the refresh token of its cache, without az`() async throws {
    try await Desk.withEntra { desk in
      try await desk.signInAtCLI()
      let before = try PrivateFile.read("\(desk.folder)/home/.azure/msal_token_cache.json")
      for method in ["azurecli", "auto"] {
        let result = try await desk.lanyard(desk.aksWords("--login", method), try desk.entra())
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.claims["preferred_username"]?.string == "alice")
        #expect(try result.claims["aud"]?.string == EntraOptions.aks)
      }
      #expect(desk.lab.count(.refresh) == 1, "one request for both")
      let after = try PrivateFile.read("\(desk.folder)/home/.azure/msal_token_cache.json")
      #expect(after == before, "it is never written")
    }
  }

  @Test func `a cache that is encrypted is left to az`() async throws {
    try await Desk.withEntra { desk in
      let token = try desk.lab.assertion(subject: "of az", audience: EntraOptions.aks)
      try await desk.signInAtCLI { _ in "\u{1}encrypted" }
      try await desk.program(
        "az",
        #"echo "$@" > "$HOME/az-arguments"; echo '{"accessToken":"\#(token)","expires_on":4102444800}'"#
      )
      let result = try await desk.lanyard(desk.aksWords("--login", "azurecli"), try desk.entra())
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.token == token)
      let arguments = try PrivateFile.read("\(desk.folder)/home/az-arguments")
      #expect(arguments.contains("--resource \(EntraOptions.aks) --tenant \(Desk.tenant)"))
    }
  }

  @Test func `after logging out there the old answer is not printed again`() async throws {
    try await Desk.withEntra { desk in
      try await desk.signInAtCLI()
      let words = desk.aksWords("--login", "azurecli")
      #expect(try await desk.lanyard(words, try desk.entra()).status == 0)
      let profile = "\(desk.folder)/home/.azure/azureProfile.json"
      try PrivateFile.write("{\"subscriptions\":[]}", to: profile)
      let after = try await desk.lanyard(words, try desk.entra())
      #expect(after.status == 3)
      #expect(after.output.isEmpty)
      #expect(after.errors.contains("az login --tenant \(Desk.tenant)"))
    }
  }

  @Test func `auto goes on to a person where the sign-in has ended`() async throws {
    try await Desk.withEntra { desk in
      try await desk.signInAtCLI { _ in Desk.cache("a-refresh-token-that-nobody-gave") }
      let result = try await desk.lanyard(desk.aksWords(), try desk.entra())
      #expect(result.status == 3)
      #expect(result.errors.contains("lanyard login"), "\(result.errors)")
      let direct = try await desk.lanyard(desk.aksWords("--login", "azurecli"), try desk.entra())
      #expect(direct.status == 3)
      #expect(direct.errors.contains("az login"), "\(direct.errors)")
    }
  }
}
