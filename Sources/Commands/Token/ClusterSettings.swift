// SPDX-License-Identifier: Apache-2.0

import Credentials
package import Kubeconfig

/// Options that a cluster gives in its `client.authentication.k8s.io/exec` extension, so that users need none.
package enum ClusterSettings {
  /// The options with what the cluster adds, if they name no issuer themselves; what they do say wins.
  ///
  /// `typed` are the words that the options were parsed from: they come last, because of an option that is given twice
  /// the last one counts. Members are long option names without dashes; their values are strings, lists of strings, or
  /// true. Throws a configuration failure for members that are no options.
  package static func completing(
    _ options: OIDCOptions,
    typed: some Sequence<String>,
    _ settings: PluginSettings?
  ) throws(Failure) -> OIDCOptions {
    guard options.issuerURL == nil, let settings else { return options }
    let words = try words(of: settings, for: options.wantedLogin)
    do throws(Failure) {
      return try GetTokenOIDC.parsing(words + typed).options
    } catch {
      throw refusal(error.what)
    }
  }

  /// The way back from a browser is nothing to a user who has said to log in without one.
  private static let browserMembers = ["listen-address", "redirect-uri", "response-mode"]

  private static func words(
    of settings: PluginSettings,
    for login: LoginPreference?
  ) throws(Failure) -> [String] {
    let passedOver = login == .device || login == .never ? browserMembers : []
    var words: [String] = []
    for entry in settings.entries where !passedOver.contains(entry.name) {
      try refuseSurroundings(entry)
      let name = "--\(entry.name)"
      switch entry.value {
      case .flag(let flag): if flag { words.append(name) }
      case .texts(let texts): words += texts.flatMap { [name, $0] }
      case .unusable:
        throw refusal("\"\(entry.name)\" is neither text, nor a list of texts, nor true or false")
      }
    }
    return words
  }

  /// What such options mean would depend on the folder or the environment, and a ready credential is found by
  /// neither unless the command line names them.
  private static func refuseSurroundings(_ entry: PluginSettings.Entry) throws(Failure) {
    guard !entry.name.hasSuffix("-env") else {
      throw refusal("\"\(entry.name)\" names a variable, which only the user's own options can")
    }
    guard entry.name.hasSuffix("-file") || entry.name == "certificate-authority",
      case .texts(let paths) = entry.value
    else { return }
    for path in paths where !path.hasPrefix("/") {
      throw refusal("\"\(entry.name)\" is a relative path")
    }
  }

  private static func refusal(_ reason: String) -> Failure {
    Failure(
      exitCode: ExitCodes.configuration,
      "the cluster's \(PluginSettings.extensionName) extension cannot be used: \(reason)",
      remedy: "correct it in the kubeconfig, or give --issuer-url and --client-id to get-token"
    )
  }
}
