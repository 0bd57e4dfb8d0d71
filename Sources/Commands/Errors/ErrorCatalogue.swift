// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host
import Kubeconfig
import OAuth
import ReadyCredential
import SessionStore

/// Every error code of the program: its name, which `-v` shows and people search for, and what it means.
///
/// A new case of a module's codes does not compile before it has an entry. `docs/errors.md` is written from here
/// (`make errors`).
package enum ErrorCatalogue {
  /// What there is to know about one code.
  ///
  /// Texts are lower case, without a final period.
  package struct Entry: Sendable, Equatable {
    /// Stable: `module.name-of-the-case`.
    package let name: String
    /// What happened.
    package let meaning: String
    /// What is usually behind it.
    package let cause: String
    /// What to do about it.
    package let remedy: String

    init(_ name: String, meaning: String, cause: String, remedy: String) {
      self.name = name
      self.meaning = meaning
      self.cause = cause
      self.remedy = remedy
    }
  }

  /// What a command itself finds wrong.
  package enum CommandFault: CaseIterable, Sendable {
    /// Anything else.
    case failed
    /// The command line.
    case usage
    /// A file of ours.
    case store
    /// Options and kubeconfig.
    case configuration

    init(exitCode: Int32) {
      self =
        switch exitCode {
        case ExitCodes.usage: .usage
        case ExitCodes.store: .store
        case ExitCodes.configuration: .configuration
        default: .failed
        }
    }
  }

  /// The name of the innermost error in a chain of causes that has one, because that says most; nil if none has.
  package static func name(of error: (any Error)?) -> String? {
    var name: String?
    var next = error
    var depth = 0
    while let error = next, depth < 8 {
      depth += 1
      next = nil
      switch error {
      case let error as CredentialsError:
        name = entry(error.code).name
        next = error.cause
      case let error as OAuthError:
        name = entry(error.code).name
        next = error.cause
      case let error as StoreError: name = entry(error.code).name
      case let error as KubeconfigError: name = entry(error.code).name
      case let error as HostError: name = entry(error.code).name
      case let error as ReadyCredentialError: name = entry(error.code).name
      default: break
      }
    }
    return name
  }
}
