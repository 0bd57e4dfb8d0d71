// SPDX-License-Identifier: Apache-2.0

import Kubeconfig

/// What a context's user gets its token with, as far as `login` and `logout` have to know.
package enum ContextUser {
  /// A session of OpenID Connect.
  case oidc(OIDCOptions)
  /// AWS credentials, which a person may have signed in for.
  case eks(EKSOptions)
  /// Google credentials, which nobody signs in for here.
  case gke
  /// A token that nobody logs in for here, with what there is to say to somebody who tries.
  case nobody(Failure)

  /// Nil for a user that runs another provider; throws a usage failure for arguments that are not known.
  init?(_ exec: ExecConfig) throws(Failure) {
    let words = exec.lanyardArguments
    guard words.first == "get-token" else { return nil }
    let options = Array(words.dropFirst(2))
    switch words.dropFirst().first {
    case "oidc": self = .oidc(try GetTokenOIDC.parsing(options).options)
    case "eks": self = .eks(try GetTokenEKS.parsing(options).options)
    case "gke":
      _ = try GetTokenGKE.parsing(options)
      self = .gke
    default: return nil
    }
  }

  /// The options of its session of OpenID Connect; nil if it has none.
  package var oidc: OIDCOptions? {
    if case .oidc(let options) = self { options } else { nil }
  }

  /// Whether lanyard itself logs people in for it.
  package var isSignedInHere: Bool {
    switch self {
    case .oidc, .eks: true
    case .gke, .nobody: false
    }
  }

  /// The same user, with how to log in taken from other options.
  func adopting(mannerOf options: OIDCOptions) -> ContextUser {
    guard case .oidc(var own) = self else { return self }
    own.adopt(mannerOf: options)
    return .oidc(own)
  }
}

extension ContextUser {
  /// Says that gcloud has the sign-in, with the command of it that does what was asked for.
  static func signedInByGcloud(_ context: String?, _ command: String) -> Failure {
    Failure(
      exitCode: ExitCodes.configuration,
      "context \"\(context ?? "")\" uses gcloud's own sign-in",
      remedy: "run: \(command)"
    )
  }
}

extension ExecConfig {
  /// The arguments of lanyard, also where kubectl runs it as a plugin.
  var lanyardArguments: ArraySlice<String> {
    args.first == "lanyard" ? args.dropFirst() : args[...]
  }
}
