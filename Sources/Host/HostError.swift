// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the operating system refused, in words for the person who must do something about it.
package struct HostError: Error, Equatable, CustomStringConvertible {
  /// The kinds of failure that a caller may want to tell apart.
  package enum Code: Sendable, Equatable, CaseIterable {
    /// The address is not one that may be listened on.
    case badAddress
    /// Every address that might be listened on is taken.
    case addressInUse
    /// The path names something else than a regular file, or one that is not ours.
    case notOurFile
    /// More bytes than the caller allowed.
    case tooLarge
    /// The deadline passed first.
    case timedOut
    /// The task was cancelled.
    case cancelled
    /// An argument that cannot be carried out, such as a descriptor below 3 for a child.
    case badArgument
    /// A system call failed; ``HostError/systemError`` has its number.
    case system
  }

  /// The kind of failure.
  package let code: Code
  /// What happened: lower case, no final period.
  package let message: String
  /// What to do about it, if there is something.
  package let remedy: String?
  /// The `errno` behind it, if there was one.
  package let systemError: Int32?

  /// An error from its parts.
  package init(
    _ code: Code,
    _ message: String,
    remedy: String? = nil,
    systemError: Int32? = nil
  ) {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.systemError = systemError
  }

  /// A failed system call: `what` says what was being done, the number adds why it failed.
  package static func system(
    _ what: String,
    _ number: Int32 = errno,
    remedy: String? = nil
  ) -> HostError {
    HostError(
      .system,
      "\(what): \(systemErrorText(number))",
      remedy: remedy,
      systemError: number
    )
  }

  /// The message, and the cause that it names.
  package var description: String { message }
}

/// The error of ``LoopbackListener``.
package typealias ListenerError = HostError
/// The error of ``FileLock``.
package typealias LockError = HostError
/// The error of ``DetachedProcess``.
package typealias SpawnError = HostError

/// The system's words for an error number, in the style of our messages.
func systemErrorText(_ number: Int32) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  let words = unsafe String(cString: text)
  return words.prefix(1).lowercased() + words.dropFirst()
}
