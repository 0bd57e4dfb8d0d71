// SPDX-License-Identifier: Apache-2.0

package import OAuth
package import SessionStore

/// Why no credential could be had, or a login or logout did not succeed.
package struct CredentialsError: Error, Sendable {
  /// The kinds of failure; each has its exit code (docs/life-of-a-credential.md).
  package enum Code: String, Sendable, Codable, CaseIterable {
    /// Something failed that fits nowhere else. Exit 1.
    case failed
    /// A login is needed and nobody may be asked, or the login was not completed. Exit 3.
    case loginNeeded
    /// Somebody else is logging in at this issuer. Exit 3.
    case loginInProgress
    /// The issuer said no. Exit 4.
    case refused
    /// The issuer's token failed its verdict. Exit 4.
    case verdict
    /// Network or issuer are down for now. Exit 5.
    case temporary
    /// The session store or its key is not available. Exit 6.
    case store
    /// The configuration is wrong. Exit 7.
    case configuration
  }

  /// The kind of failure.
  package let code: Code
  /// What happened, one line: lower case, no final period.
  package let what: String
  /// What to do about it, one line.
  package let remedy: String
  /// The failure behind it, shown with `-v`.
  package let cause: (any Error)?
  /// Seconds after which whoever failed says that it may be asked again; nil if it says nothing.
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

  /// Whether it is no reason against what was had earlier and is still good: the other side is away for now, or a
  /// person is.
  var isForNow: Bool { code == .temporary || code == .loginNeeded }

  /// Wraps what the session store says: exit 6.
  package init(_ error: StoreError) {
    self.init(.store, error.words, remedy: error.remedy, cause: error)
  }

  /// Wraps what an exchange with the issuer says, with the exit code that its kind of failure has.
  package init(_ error: OAuthError) {
    self.init(
      Self.code(of: error),
      error.what,
      remedy: error.remedy,
      cause: error,
      retryAfter: error.retryAfter
    )
  }

  /// What kept a request to the issuer, or its answer, from being used: whatever this module, `OAuth` or the way there
  /// throws; `subject` names what was asked for ("a device code").
  package init(_ error: any Error, fetching subject: String, from host: String) {
    switch error {
    case let error as CredentialsError: self = error
    case let error as OAuthError: self.init(error)
    case let failure as TransportFailure:
      self.init(OAuthError(failure, fetching: subject, from: host))
    case let fault as GrantExchange.Fault:
      self.init(fault, fetching: subject, from: host)
    default:
      self.init(
        .failed,
        "\(host) could not be asked for \(subject)",
        remedy: "try again; -v shows the cause",
        cause: error
      )
    }
  }

  /// A request that trusts other certificates than the login did; they may be right, which a person has to say.
  static func otherAuthorities(
    from source: String = "this kubeconfig",
    loginCommand: String
  ) -> CredentialsError {
    CredentialsError(
      .configuration,
      "\(source) trusts other certificates for the issuer than the login did",
      remedy: "if that is right, confirm it with a login: \(loginCommand)"
    )
  }

  /// What helps against a refusal whose words have a number of Entra ID's in them; nil for any other.
  static func remedy(of why: String) -> String? {
    EntraFault.named(in: why)?.remedy(logIn: "lanyard login")
  }

  private static func code(of error: OAuthError) -> Code {
    if error.isTemporary { return .temporary }
    switch error.code {
    case .refused, .issuerMixUp, .redirectInvalid, .garbled, .redirected:
      return .refused
    case .tokenRejected, .clocksDiffer: return .verdict
    case .deviceCodeExpired: return .loginNeeded
    default: return .configuration
    }
  }
}
