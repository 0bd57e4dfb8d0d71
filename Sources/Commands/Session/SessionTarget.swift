// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host

/// Which session `login` and `logout` mean: a context's, or one that options name.
package struct SessionTarget {
  let context: String?
  let user: ContextUser
  let environment: [(String, String)]

  init(_ context: String?, _ kubeconfig: KubeconfigOptions, _ options: OIDCOptions) throws {
    let name = try Self.name(context, kubeconfig.context, options)
    guard options.issuerURL == nil else {
      self.context = nil
      user = .oidc(options)
      environment = []
      return
    }
    let lookup = ContextLookup(
      environment: ProcessSurroundings.current().environment,
      kubeconfig: kubeconfig.kubeconfig
    )
    let found = try lookup.find(name)
    self.context = found.context
    user = found.user.adopting(mannerOf: options)
    environment = found.environment
  }

  /// The session of a context that was found.
  init(_ found: ContextLookup.Found) {
    context = found.context
    user = found.user
    environment = found.environment
  }

  /// The context that is named; nil for the current one, or if the options name an issuer.
  ///
  /// Throws a usage failure for two names, and for options that a context's own would silently win over.
  package static func name(
    _ context: String?,
    _ other: String?,
    _ options: OIDCOptions
  ) throws(Failure) -> String? {
    if let context, let other, context != other {
      throw Failure(
        exitCode: ExitCodes.usage,
        "two contexts are named: \(context) and \(other)",
        remedy: "name one"
      )
    }
    let name = context ?? other
    if options.issuerURL != nil, name != nil {
      throw Failure(
        exitCode: ExitCodes.usage,
        "both a context and --issuer-url are given",
        remedy: "give one of them"
      )
    }
    if options.issuerURL == nil, !options.nameNoSession {
      // The words lack a --token that is the usual one.
      let option = options.words.first ?? "--token"
      throw Failure(
        exitCode: ExitCodes.usage,
        "\(option) is given without --issuer-url",
        remedy: "leave it out, because the context's user has its own, or give --issuer-url too"
      )
    }
    return name
  }
}
