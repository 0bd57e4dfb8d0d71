// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// Where a credential came from, for messages.
struct Origin: Sendable, Equatable {
  /// In words: `the credential file /home/me/adc.json`.
  let place: String
  /// The command or step that makes it anew.
  let signIn: String
  /// Whom it is for, as far as that is known: `me@example.com`.
  let who: String

  /// gcloud's sign-in of an account.
  static func gcloud(_ account: String) -> Origin {
    let account = Text.line(account)
    return Origin(
      place: "gcloud's sign-in of \(account)",
      signIn: "run: gcloud auth login \(account)",
      who: account
    )
  }

  /// The file that `gcloud auth application-default login` writes.
  static func applicationDefault(_ path: String) -> Origin {
    Origin(
      place: "the application default credentials \(Text.line(path))",
      signIn: "run: gcloud auth application-default login",
      who: Text.line(path)
    )
  }

  /// A file that a variable or property names.
  static func file(_ path: String, namedBy setting: String) -> Origin {
    Origin(
      place: "the credential file \(Text.line(path))",
      signIn: "make a new one, or unset \(setting) and run: gcloud auth application-default login",
      who: Text.line(path)
    )
  }

  /// A secret of the user's own configuration.
  static func secret(_ name: String) -> Origin {
    let name = Text.line(name)
    return Origin(
      place: "the credential that the secret \(name) of your configuration gives",
      signIn:
        "put a credential file of Google's, the whole of it, where the secret \(name) comes from",
      who: "the secret \(name)"
    )
  }

  /// The credential says something that cannot be.
  func wrong(_ what: String) -> CloudError {
    CloudError(.configuration, "\(place) cannot be used: \(what)", remedy: signIn)
  }
}
