// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// One of Microsoft's command-line tools, run for a token.
package enum AzureTool: Sendable, Equatable {
  /// `az account get-access-token`
  case az
  /// `azd auth token`
  case azd

  /// What it is called.
  var program: String { self == .az ? "az" : "azd" }
  /// Its folder in a home.
  var folder: String { self == .az ? ".azure" : ".azd" }
  /// The variable that names another folder.
  var folderVariable: String { self == .az ? "AZURE_CONFIG_DIR" : "AZD_CONFIG_DIR" }
  /// The files in its folder that hold the sign-in: an answer is good for as long as they stay as they are.
  var files: [String] {
    switch self {
    case .az: ["azureProfile.json", "msal_token_cache.json", "msal_token_cache.bin"]
    case .azd: ["auth.json", "config.json"]
    }
  }

  /// What is run, as azidentity runs it; `subscription` is of `az` alone.
  package func words(
    _ server: ServerApplication,
    tenant: String?,
    subscription: String?
  ) -> [String] {
    switch self {
    case .az:
      ["az", "account", "get-access-token", "-o", "json", "--resource", resource(server)]
        + (subscription.map { ["--subscription", $0] } ?? tenant.map { ["--tenant", $0] } ?? [])
    case .azd:
      ["azd", "auth", "token", "-o", "json", "--no-prompt", "--scope", server.scope]
        + (tenant.map { ["--tenant-id", $0] } ?? [])
    }
  }

  private func resource(_ server: ServerApplication) -> String {
    String(server.scope.dropLast("/.default".count))
  }

  /// The command that signs in.
  package func signIn(tenant: String?) -> String {
    switch self {
    case .az: "az login" + (tenant.map { " --tenant \($0)" } ?? "")
    case .azd: "azd auth login" + (tenant.map { " --tenant-id \($0)" } ?? "")
    }
  }

  /// The token that the tool printed.
  ///
  /// Throws `loginNeeded` if nobody is signed in, `failed` for another failure, with the tool's words.
  package func token(
    _ answer: ProgramAnswer,
    tenant: String?,
    now: Date
  ) throws(CloudError) -> EntraToken {
    guard answer.status == 0 else { throw refusal(answer, tenant) }
    let bytes = Array(answer.output.expose().utf8)
    let json = try? StrictJSON(parsing: VendorText.withoutMark(bytes))
    let name = self == .az ? "accessToken" : "token"
    guard let text = json?[name]?.string, let token = VendorText.token(Array(text.utf8)) else {
      throw CloudError(
        .failed,
        "\(words(for: self)) printed no token",
        remedy: "run it by hand to see what it says"
      )
    }
    return EntraToken(token: Secret(token), expiry: expiry(json, Secret(token), now: now))
  }

  /// By `expires_on`, which is in seconds; else by the token, because the older `expiresOn` of `az` is local time
  /// without a zone.
  private func expiry(_ json: StrictJSON?, _ token: Secret, now: Date) -> Date {
    if let end = EntraAnswer.number(json?["expires_on"]), (0...100_000_000_000).contains(end) {
      return Date(timeIntervalSince1970: Double(end))
    }
    if self == .azd, let text = json?["expiresOn"]?.string,
      let date = try? Date(text, strategy: .iso8601)
    {
      return date
    }
    if let stamps = UnverifiedTimes.read(token) {
      return Date(timeIntervalSince1970: Double(stamps.exp))
    }
    return now.addingTimeInterval(300)
  }

  private func words(for tool: AzureTool) -> String {
    tool == .az ? "az account get-access-token" : "azd auth token"
  }

  private func refusal(_ answer: ProgramAnswer, _ tenant: String?) -> CloudError {
    let lines = answer.errors.split(whereSeparator: \.isNewline)
    let line = lines.first { $0.contains("ERROR") || $0.contains("AADSTS") } ?? lines.first ?? ""
    let fault = EntraFault.named(in: answer.errors)
    let signIn = signIn(tenant: tenant)
    let signs = ["az login", "azd auth login", "not logged in", "No subscription found"]
    let needsLogin = fault?.cure == .logIn || signs.contains { answer.errors.contains($0) }
    let words = fault?.words ?? Text.line(String(line))
    return CloudError(
      needsLogin ? .loginNeeded : fault == nil ? .failed : .refused,
      "\(self.words(for: self)) failed: \(words)",
      remedy: fault?.remedy(logIn: signIn) ?? "sign in: \(signIn)"
    )
  }
}
