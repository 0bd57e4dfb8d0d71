// SPDX-License-Identifier: Apache-2.0

/// Why the lab, or the person that a test plays, could not go on.
package struct LabError: Error, CustomStringConvertible {
  /// What kind of failure it was.
  package enum Code: String, Sendable {
    /// An option or an address cannot be used as given.
    case badOption
    /// The servers did not come up, for example because a port is taken.
    case notStarted
    /// A file could not be written or read.
    case file
    /// A page was not what a person would have expected there.
    case unexpectedPage
    /// A program could not be started, or did not end in time.
    case process
  }

  package let code: Code
  /// One sentence: what happened.
  package let message: String
  /// One sentence: what to do about it, if there is something.
  package let remedy: String?

  package init(_ code: Code, _ message: String, remedy: String? = nil) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  package var description: String {
    remedy.map { "\(message)\n  \($0)" } ?? message
  }
}
