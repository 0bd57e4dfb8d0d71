// SPDX-License-Identifier: Apache-2.0

package import OAuth

/// Why a cloud gave no token.
package struct CloudError: Error, Sendable {
  /// The kinds of failure; each becomes the failure of `Credentials` with the same name.
  package enum Code: String, Sendable, CaseIterable {
    /// Something failed that fits nowhere else.
    case failed
    /// A person has to sign in, with a command that the remedy names.
    case loginNeeded
    /// The cloud said no.
    case refused
    /// The network or the cloud is down for now.
    case temporary
    /// What the options, the environment or the vendor's files say is wrong or incomplete.
    case configuration
    /// What was kept could not be read or written.
    case store
  }

  /// The kind of failure.
  package let code: Code
  /// What happened, one line: lower case, no final period, nothing secret.
  package let what: String
  /// What to do about it, one line.
  package let remedy: String
  /// The failure behind it, shown with `-v`.
  package let cause: (any Error)?
  /// Seconds after which the cloud says that it may be asked again; nil if it says nothing.
  package let retryAfter: Int?

  /// Makes an error from its parts.
  package init(
    _ code: Code,
    _ what: String,
    remedy: String,
    cause: (any Error)? = nil,
    retryAfter: Int? = nil
  ) {
    self.code = code
    self.what = what
    self.remedy = remedy
    self.cause = cause
    self.retryAfter = retryAfter
  }

  /// What a request failed for that got no answer; `subject` is what it was to give ("the role's credentials").
  package init(_ failure: TransportFailure, fetching subject: String, from host: String) {
    let error = OAuthError(failure, fetching: subject, from: host)
    let remedy =
      switch failure {
      case .notSent: "check the network and the proxy settings"
      case .tls:
        "if a proxy answers with certificates of its own, name its authority: authorities in ~/.config/lanyard/config.yaml"
      case .noAnswer: error.remedy
      case .tooLarge: "check that no proxy answers in its place"
      }
    self.init(
      error.isTemporary ? .temporary : .configuration,
      error.what,
      remedy: remedy,
      cause: failure
    )
  }
}
