// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host
import Kubeconfig
import OAuth
import SessionStore

/// A failure as it is told: one line of what happened, one line of what to do, and the causes under `-v`.
struct Failure: Error {
  let exitCode: Int32
  let what: String
  let remedy: String
  let cause: (any Error)?
  var verbose = false

  init(exitCode: Int32, _ what: String, remedy: String, cause: (any Error)? = nil) {
    self.exitCode = exitCode
    self.what = what
    self.remedy = remedy
    self.cause = cause
  }

  init(_ error: CredentialsError) {
    self.init(
      exitCode: ExitCodes.code(of: error.code),
      error.what,
      remedy: error.remedy,
      cause: error.cause
    )
  }

  init(_ error: KubeconfigError) {
    self.init(
      exitCode: ExitCodes.configuration,
      error.what,
      remedy: error.remedy,
      cause: error
    )
  }

  /// The same failure with its causes shown if `verbose`.
  func shown(verbose: Bool) -> Failure {
    var copy = self
    copy.verbose = verbose
    return copy
  }

  /// Writes the failure to stderr, escaped.
  func tell() {
    StandardError.write("lanyard: \(Terminal.escape(what))")
    if !remedy.isEmpty { StandardError.write("  \(Terminal.escape(remedy))") }
    guard verbose else { return }
    for line in Self.causes(of: cause) {
      StandardError.write("  because: \(Terminal.escape(line))")
    }
  }

  /// The chain of causes, outermost first, each in one line.
  static func causes(of error: (any Error)?) -> [String] {
    var lines: [String] = []
    var next = error
    while let error = next, lines.count < 8 {
      switch error {
      case let error as CredentialsError:
        lines.append(error.what)
        next = error.cause
      case let error as OAuthError:
        lines.append(error.what)
        next = error.cause
      case let error as KubeconfigError:
        if let cause = error.cause { lines.append(cause) }
        next = nil
      case let error as StoreError:
        lines.append(error.cause.map { "\(error.what): \($0)" } ?? error.what)
        next = nil
      default:
        lines.append("\(error)")
        next = nil
      }
    }
    return lines
  }
}
