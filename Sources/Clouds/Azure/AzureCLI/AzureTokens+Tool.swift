// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

extension AzureTokens {
  /// What a tool prints; kept nowhere, because the tool's sign-in can change at any time (Azure/kubelogin issue 137).
  ///
  /// Throws `loginNeeded` where `auto` can go on: without the tool, and where it may not be run.
  func tool(
    _ tool: AzureTool,
    tenant: String?,
    subscription: String? = nil
  ) async throws(CloudError) -> CloudToken {
    let answer: ProgramAnswer
    do throws(CloudError) {
      answer = try await run(tool, tenant: tenant, subscription: subscription)
    } catch {
      guard settings.isAutomatic, error.code == .configuration else { throw error }
      throw CloudError(.loginNeeded, error.what, remedy: error.remedy, cause: error)
    }
    let token = try tool.token(answer, tenant: tenant, now: effects.now())
    let files = folder(of: tool).map { folder in tool.files.map { "\(folder)/\($0)" } }
    return CloudToken(token: token.token, expiry: token.expiry, files: files ?? [])
  }

  private func run(
    _ tool: AzureTool,
    tenant: String?,
    subscription: String?
  ) async throws(CloudError) -> ProgramAnswer {
    try checkFolder(tool)
    effects.trace("running \(tool.program)")
    return try await effects.run(
      ProgramCall(
        tool.words(settings.server, tenant: tenant, subscription: subscription),
        variables: variables(tool),
        seconds: settings.options.timeout ?? Self.toolSeconds,
        inherits: false
      )
    )
  }

  /// `az` takes a second or two, and several times that on a busy machine (Azure/kubelogin issue 223).
  private static let toolSeconds = 60.0

  // MARK: what a tool sees

  /// Variables of ours that a tool gets: those by which it finds a proxy.
  ///
  /// All others are left out, because a kubeconfig's `exec.env` can set any, and many have a shell or Python load code.
  private static let passed = [
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
  ]

  /// Those that a proxy which answers with certificates of its own needs beside its address; together the two could
  /// read what is sent, so that they are the user's to allow.
  private static let trusted = [
    "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "ALL_PROXY",
    "all_proxy",
  ]

  private func variables(_ tool: AzureTool) -> [String: String] {
    let names = Self.passed + (effects.allows(.azureCommand) ? Self.trusted : [])
    var variables = effects.environment.filter { names.contains($0.key) }
    let home = effects.accountHome ?? effects.home
    // An account without a home in the user database has the one that the variable names, if that is allowed.
    if effects.accountHome == nil { variables["HOME"] = home }
    variables["TERM"] = "dumb"
    // Only a folder that is allowed differs from the one that the tool takes by itself.
    if let folder = folder(of: tool), folder != home.map({ "\($0)/\(tool.folder)" }) {
      variables[tool.folderVariable] = folder
    }
    return variables
  }

  // MARK: its folder

  /// The folder with a tool's sign-in, as its files are read here.
  private func folder(of tool: AzureTool) -> String? {
    effects.environment[tool.folderVariable] ?? effects.home.map { "\($0)/\(tool.folder)" }
  }

  /// Tools load extensions from their folders, so a kubeconfig must not choose those.
  private func checkFolder(_ tool: AzureTool) throws(CloudError) {
    let usual = effects.accountHome.map { "\($0)/\(tool.folder)" }
    guard usual == nil || folder(of: tool) != usual, !effects.allows(.azureCommand) else { return }
    throw CloudError(
      .configuration,
      "\(tool.program) would be run with another folder than \(usual ?? "the account's own")",
      remedy:
        "if that is right, \(CloudPermission.azureCommand.leave)"
    )
  }
}
