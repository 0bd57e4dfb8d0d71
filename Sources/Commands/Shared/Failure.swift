// SPDX-License-Identifier: Apache-2.0

import Clouds
package import Credentials
import Host
import Kubeconfig
import OAuth
import SessionStore

/// A failure as it is told: one line of what happened, one line of what to do, and the causes under `-v`.
package struct Failure: Error {
  /// The exit code of the process.
  package let exitCode: Int32
  /// What happened, in one line.
  package let what: String
  /// What to do about it, in one line.
  package let remedy: String
  /// The name of its code in the catalogue of errors.
  package let code: String
  let cause: (any Error)?
  var verbose = false

  /// Makes a failure; its code and cause show with `-v`.
  package init(exitCode: Int32, _ what: String, remedy: String, cause: (any Error)? = nil) {
    self.exitCode = exitCode
    self.what = what
    self.remedy = remedy
    self.cause = cause
    code =
      ErrorCatalogue.name(of: cause)
      ?? ErrorCatalogue.entry(ErrorCatalogue.CommandFault(exitCode: exitCode)).name
  }

  private init(exitCode: Int32, _ error: CredentialsError) {
    self.exitCode = exitCode
    what = error.what
    remedy = error.remedy
    cause = error.cause
    code = ErrorCatalogue.name(of: error) ?? ""
  }

  /// The failure that an error of `Credentials` is.
  package init(_ error: CredentialsError) {
    self.init(exitCode: ExitCodes.code(of: error.code), error)
  }

  init(_ error: KubeconfigError) {
    self.init(
      exitCode: ExitCodes.configuration,
      error.what,
      remedy: error.remedy,
      cause: error
    )
  }

  /// The failure that an error of `Host` is; its own remedy, else to look at the file.
  init(_ error: HostError, exitCode: Int32) {
    self.init(
      exitCode: exitCode,
      error.message,
      remedy: error.remedy ?? "check owner and mode of the file and its folders",
      cause: error
    )
  }

  /// The failure that an error is; in the error's own words if it is none of ours.
  init(any error: any Error) {
    self =
      Self.known(error) ?? Failure(exitCode: ExitCodes.failed, "\(error)", remedy: "", cause: error)
  }

  /// The failure that an error is; nil for one that is not ours, such as the parser's.
  private static func known(_ error: any Error) -> Failure? {
    switch error {
    case let failure as Failure: failure
    case let error as CredentialsError: Failure(error)
    case let error as KubeconfigError: Failure(error)
    case let error as CloudError: Failure(CredentialsError(error))
    default: nil
    }
  }

  /// Runs a command, whose errors become failures that show their causes if `verbose`.
  static func telling(verbose: Bool, _ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch {
      throw known(error)?.shown(verbose: verbose) ?? error
    }
  }

  /// The same failure with the context that it came up for.
  func naming(_ context: String) -> Failure {
    Failure(self, what: "context \"\(context)\": \(what)")
  }

  private init(_ other: Failure, what: String) {
    exitCode = other.exitCode
    self.what = what
    remedy = other.remedy
    code = other.code
    cause = other.cause
    verbose = other.verbose
  }

  /// The same failure with its causes shown if `verbose`.
  package func shown(verbose: Bool) -> Failure {
    var copy = self
    copy.verbose = verbose
    return copy
  }

  /// The lines to write, escaped: what happened, what to do and, if `verbose`, code and causes.
  package var lines: [String] {
    var lines = ["lanyard: \(Self.shown(what))"]
    if !remedy.isEmpty {
      lines.append("  \(Terminal.escape(BoundedText.shortenedLine(remedy)))")
    }
    guard verbose else { return lines }
    lines.append("  code: \(code)")
    // The outermost cause often is the failure itself, in its own words, and the innermost stands in them.
    lines += Self.causes(of: cause).filter { !what.contains($0) }.map {
      "  because: \(Self.shown($0))"
    }
    return lines
  }

  /// Escaped, and with a bound on what an argument or a server puts into it.
  private static func shown(_ text: String) -> String {
    Terminal.escape(BoundedText.shortened(text))
  }

  /// Writes the failure to stderr.
  func tell() {
    lines.forEach { StandardError.write($0) }
  }

  /// The chain of causes, outermost first, each in one line.
  package static func causes(of error: (any Error)?) -> [String] {
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
        lines.append(error.words)
        next = nil
      default:
        lines.append("\(error)")
        next = nil
      }
    }
    return lines
  }
}

extension CloudError {
  /// A failure that a cloud's token could not be had for: temporary or of the configuration, as its exit code says.
  init(_ failure: Failure) {
    self.init(
      failure.exitCode == ExitCodes.temporary ? .temporary : .configuration,
      failure.what,
      remedy: failure.remedy,
      cause: failure.cause
    )
  }
}
