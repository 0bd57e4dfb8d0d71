// SPDX-License-Identifier: Apache-2.0

import Credentials

extension ErrorCatalogue {
  /// Failures in the life of a credential that nothing more exact stands behind.
  static func entry(_ code: CredentialsError.Code) -> Entry {
    switch code {
    case .failed: CredentialsEntries.failed
    case .loginNeeded: CredentialsEntries.loginNeeded
    case .loginInProgress: CredentialsEntries.loginInProgress
    case .refused: CredentialsEntries.refused
    case .verdict: CredentialsEntries.verdict
    case .temporary: CredentialsEntries.temporary
    case .store: CredentialsEntries.store
    case .configuration: CredentialsEntries.configuration
    }
  }
}

private enum CredentialsEntries {
  static let failed = ErrorCatalogue.Entry(
    "credentials.failed",
    meaning: "something failed that fits nowhere else",
    cause: "the message says what",
    remedy: "as the second line says"
  )
  static let loginNeeded = ErrorCatalogue.Entry(
    "credentials.login-needed",
    meaning: "a login is needed, and nobody could be asked or nobody finished it",
    cause: "the session ended, and kubectl runs without a terminal",
    remedy: "lanyard login"
  )
  static let loginInProgress = ErrorCatalogue.Entry(
    "credentials.login-in-progress",
    meaning: "somebody else is logging in at this issuer",
    cause: "another terminal waits for a browser",
    remedy: "finish that login, and run the command again"
  )
  static let refused = ErrorCatalogue.Entry(
    "credentials.refused",
    meaning: "the issuer said no",
    cause: "the session was ended there, or the client is wrong",
    remedy: "log in again; if that fails, check the client at the issuer"
  )
  static let verdict = ErrorCatalogue.Entry(
    "credentials.verdict",
    meaning: "the issuer's token failed its verdict, so it is not used",
    cause: "another client, a wrong clock, or a token of a kind that kubectl cannot send",
    remedy: "as the message says; nothing was printed"
  )
  static let temporary = ErrorCatalogue.Entry(
    "credentials.temporary",
    meaning: "network or issuer are down for now",
    cause: "an outage",
    remedy: "try again; the session is kept"
  )
  static let store = ErrorCatalogue.Entry(
    "credentials.store",
    meaning: "the session store or its key is not available",
    cause: "permissions, space, or a key that is gone",
    remedy: "as the second line says"
  )
  static let configuration = ErrorCatalogue.Entry(
    "credentials.configuration",
    meaning: "the configuration is wrong",
    cause: "an option that does not fit the issuer or another option",
    remedy: "correct the option that the message names"
  )
}
