// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What went wrong in the session store, what to do about it, and what the system said.
package struct StoreError: Error, Equatable, Codable {
  /// The kinds of failure that callers tell apart.
  package enum Code: Equatable, Sendable, Codable {
    /// A folder of the store is not there, and could not be made.
    case folderMissing
    /// The file system or its permissions do not allow writing (EROFS, EACCES, EPERM).
    case folderReadOnly
    /// No space or no quota left (ENOSPC, EDQUOT).
    case folderFull
    /// A folder belongs to another user, as under sudo with HOME kept.
    case folderForeign
    /// The way to the store's folder leads through what this user cannot enter (EACCES) or no folder (ENOTDIR).
    case folderUnreachable
    /// A folder is a symbolic link, no folder at all, or writable by others.
    case folderUnsafe
    /// The store is on a network file system and this host has no id to keep its sessions apart.
    case hostUnknown
    /// A newer lanyard wrote the file; it was left alone.
    case newerVersion
    /// The session is encrypted under another key. It is not corrupt.
    case unknownKey
    /// The file is damaged; the path to which it was set aside, if that worked.
    case corrupt(setAside: String?)
    /// Another writer came first; the generation that is there now, nil for none.
    case conflict(found: UInt64?)
    /// No login has chosen a key source yet, so there is no session either.
    case notEstablished
    /// The chosen key source cannot give the data key.
    case keyUnavailable
    /// The key file has the wrong size, mode or owner.
    case keyUnsafe
    /// A header, payload or document is larger than the format allows.
    case tooLarge
    /// Any other failure of the file system.
    case io
  }

  /// Which kind of failure.
  package let code: Code
  /// What happened, in one line.
  package let what: String
  /// What to do about it, in one line.
  package let remedy: String
  /// The system's own words, where there are any.
  package let cause: String?

  /// What happened, with the system's own words where there are any, in one line.
  package var words: String {
    guard let cause else { return what }
    // The system begins its words with a capital letter; what is no word, such as I/O, stays as it is.
    let isWord = cause.dropFirst().first?.isLowercase == true
    return "\(what): \(isWord ? cause.prefix(1).lowercased() + cause.dropFirst() : cause)"
  }

  /// Makes an error; `what` and `remedy` are lower case and have no final period.
  package init(_ code: Code, what: String, remedy: String, cause: String? = nil) {
    self.code = code
    self.what = what
    self.remedy = remedy
    self.cause = cause
  }

  /// Whether this user can have no store there at all, so that a login is worth what it gives and no more.
  package var isNoStoreForUser: Bool { code == .folderForeign || code == .folderUnreachable }
}

extension StoreError.Code: CaseIterable {
  /// Every kind, with nothing in those that carry something.
  package static var allCases: [StoreError.Code] {
    [
      .folderMissing, .folderReadOnly, .folderFull, .folderForeign, .folderUnreachable,
      .folderUnsafe, .hostUnknown, .newerVersion, .unknownKey, .corrupt(setAside: nil),
      .conflict(found: nil), .notEstablished,
      .keyUnavailable, .keyUnsafe, .tooLarge, .io,
    ]
  }
}

extension StoreError {
  /// Classifies a failed system call; `doing` completes "cannot …".
  package init(_ fault: FileFault, doing: String, path: String) {
    let (code, remedy): (Code, String) =
      switch fault.number {
      case ENOSPC, EDQUOT:
        (.folderFull, "free some space, or raise the quota, where \(quoted(path)) lies")
      case EROFS, EACCES, EPERM:
        (.folderReadOnly, "make \(quoted(parentFolder(of: path))) writable for this user")
      case ENOENT:
        (.folderMissing, "create \(quoted(parentFolder(of: path))), owned by this user, mode 0700")
      case ELOOP, ENOTDIR, EISDIR:
        (.folderUnsafe, "put a real file or folder in place of \(quoted(path))")
      case EMFILE, ENFILE:
        (.io, "raise the limit on open files: ulimit -n")
      case EFBIG:
        (.io, "raise the limit on the size of files: ulimit -f")
      default:
        (.io, "check the disk that holds \(quoted(path))")
      }
    self.init(code, what: "cannot \(doing) \(quoted(path))", remedy: remedy, cause: fault.text)
  }
}
