// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a ready credential could not be kept.
///
/// Never fatal: the token was obtained, and is printed with a warning.
package struct ReadyCredentialError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong.
  package enum Code: Sendable, Equatable, CaseIterable {
    /// The folder, or one above it, belongs to somebody else or is no folder.
    case unsafeFolder
    /// A folder could not be made.
    case cannotCreateFolder
    /// The file could not be written.
    case cannotWrite
    /// The credential, its epoch or its dependencies are longer than the format allows.
    case tooLarge
  }

  /// What went wrong.
  package let code: Code
  /// The file or folder concerned.
  package let path: String
  /// The errno of the call that failed, 0 if none did.
  package let cause: Int32

  init(_ code: Code, path: String, cause: Int32 = 0) {
    self.code = code
    self.path = path
    self.cause = cause
  }

  /// One line that says what happened; the caller escapes it before it reaches a terminal.
  package var description: String {
    let reason = cause == 0 ? "" : ": " + Self.text(ofErrno: cause)
    switch code {
    case .unsafeFolder:
      return "the folder \(path) is not a private folder of this user" + reason
    case .cannotCreateFolder: return "the folder \(path) could not be made" + reason
    case .cannotWrite: return "the ready credential \(path) could not be written" + reason
    case .tooLarge: return "the credential is too large to be kept ready in \(path)"
    }
  }

  /// What to do about it, one line.
  package var remedy: String {
    switch code {
    case .unsafeFolder: "check its owner and mode (ls -ld), or set XDG_CACHE_HOME to another folder"
    case .cannotCreateFolder, .cannotWrite: "check free space and permissions there"
    case .tooLarge: "ask the issuer for fewer claims, such as groups"
    }
  }

  private static func text(ofErrno code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
