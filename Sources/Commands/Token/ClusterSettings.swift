// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
package import Kubeconfig

/// Options that a cluster gives in its `client.authentication.k8s.io/exec` extension, so that users need none.
package enum ClusterSettings {
  /// The options with what the cluster adds, if they name no issuer themselves; what they do say wins.
  ///
  /// Members are long option names without dashes; their values are strings, lists of strings, or true. Throws a
  /// configuration failure for members that are no options.
  package static func completing(
    _ options: OIDCOptions,
    _ settings: PluginSettings?
  ) throws(Failure) -> OIDCOptions {
    guard options.issuerURL == nil, let settings else { return options }
    let words = try words(of: settings)
    do {
      var merged = try GetTokenOIDC.parse(words + options.words).options
      merged.adopt(mannerOf: options)
      return merged
    } catch {
      let usage = UsageMessage(message: GetTokenOIDC.message(for: error), fullMessage: "")
      throw refusal(usage.failure.what)
    }
  }

  private static func words(of settings: PluginSettings) throws(Failure) -> [String] {
    var words: [String] = []
    for entry in settings.entries {
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
