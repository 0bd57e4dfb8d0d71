// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a kubeconfig or with what client-go handed over, and what to do about it.
package struct KubeconfigError: Error, Equatable {
  /// The kinds of failure that callers tell apart; all of them are configuration.
  package enum Code: Equatable, Sendable, CaseIterable {
    /// `--kubeconfig` names a file that does not exist.
    case fileMissing
    /// A file exists but could not be read.
    case fileUnreadable
    /// A file or variable is larger than anything honest.
    case tooLarge
    /// A file is no kubeconfig: not YAML, or not of the right shape.
    case malformed
    /// One file defines the same name twice.
    case duplicateName
    /// No context was named and no file sets one.
    case noCurrentContext
    /// No file defines the context.
    case noSuchContext
    /// The context names no user, or one that no file defines.
    case noSuchUser
    /// `KUBERNETES_EXEC_INFO` is not what client-go writes.
    case execInfoMalformed
    /// `KUBERNETES_EXEC_INFO` asks for an API version that lanyard does not speak.
    case execInfoVersion
  }

  /// Which kind of failure.
  package let code: Code
  /// What happened, in one line; every foreign string in it is escaped.
  package let what: String
  /// What to do about it, in one line.
  package let remedy: String
  /// The parser's or the system's own words, where there are any.
  package let cause: String?

  /// Makes an error; `what` and `remedy` are lower case and have no final period.
  package init(_ code: Code, what: String, remedy: String, cause: String? = nil) {
    self.code = code
    self.what = what
    self.remedy = remedy
    self.cause = cause
  }
}

/// A foreign string in quotes, safe for a terminal: control, format and unassigned characters are written as
/// `\u{…}`, and what is longer than 120 characters is cut.
func quoted(_ text: String) -> String {
  var shown = ""
  for scalar in text.unicodeScalars.prefix(120) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      shown += "\\u{" + String(scalar.value, radix: 16) + "}"
    default:
      if scalar == "\"" || scalar == "\\" { shown += "\\" }
      shown.unicodeScalars.append(scalar)
    }
  }
  let isCut = text.unicodeScalars.dropFirst(120).isEmpty == false
  return "\"" + shown + (isCut ? "…\"" : "\"")
}
