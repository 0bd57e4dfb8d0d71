// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The folder that holds the ready credentials of one user: 0700, and the user's own.
package struct ReadyFolder: Sendable {
  /// The absolute path.
  package let path: String
  /// The effective uid that must own the folder and every file in it.
  package let owner: UInt32

  /// A folder at a path that is given.
  package init(path: String, owner: UInt32) {
    self.path = path
    self.owner = owner
  }

  /// `$XDG_RUNTIME_DIR/lanyard` if that variable is absolute and names a folder of this user, else
  /// `$XDG_CACHE_HOME/lanyard/ready`, else `$HOME/.cache/lanyard/ready`; nil if there is no place at all.
  ///
  /// The runtime folder is memory and gone at logout, so it is preferred for access tokens. Nothing is created.
  package static func resolve(_ surroundings: Surroundings) -> ReadyFolder? {
    let owner = surroundings.effectiveUser
    if let runtime = surroundings.absolutePath("XDG_RUNTIME_DIR"),
      let status = FileStatus(following: runtime), status.isDirectory, status.owner == owner
    {
      return ReadyFolder(path: runtime + "/lanyard", owner: owner)
    }
    if let cache = surroundings.absolutePath("XDG_CACHE_HOME") {
      return ReadyFolder(path: cache + "/lanyard/ready", owner: owner)
    }
    guard let home = surroundings.absolutePath("HOME") else { return nil }
    return ReadyFolder(path: home + "/.cache/lanyard/ready", owner: owner)
  }

  /// Makes the folder, and those above it that are missing, with mode 0700; tightens the mode of one that is there.
  ///
  /// Throws ``ReadyCredentialError`` with code `unsafeFolder` if it, or the nearest folder above it that exists, is
  /// another user's (such as `sudo` with `HOME` kept: root's folder there would lock the user out), and
  /// `cannotCreateFolder` if the system refuses.
  package func create() throws(ReadyCredentialError) {
    try makeFolder(path)
    guard case .opened(let folder) = Descriptor.open(path, flags: O_RDONLY | O_DIRECTORY),
      let status = folder.status, status.owner == owner
    else { throw ReadyCredentialError(.unsafeFolder, path: path) }
    if !status.isPrivate, fchmod(folder.raw, 0o700) != 0 {
      throw ReadyCredentialError(.unsafeFolder, path: path, cause: errno)
    }
  }

  /// The folder opened, if it is there and safe.
  ///
  /// A final symlink is not followed.
  func open() -> Opening {
    switch Descriptor.open(path, flags: O_RDONLY | O_DIRECTORY) {
    case .missing: return .missing
    case .failed: return .unsafe
    case .opened(let folder):
      guard let status = folder.status, status.isDirectory, status.owner == owner,
        status.isPrivate
      else { return .unsafe }
      return .opened(folder)
    }
  }

  enum Opening: ~Copyable {
    case opened(Descriptor)
    case missing
    case unsafe
  }

  private func makeFolder(_ path: String) throws(ReadyCredentialError) {
    if let status = FileStatus(following: path) {
      let trusted = status.isDirectory && (status.owner == owner || status.owner == 0)
      guard trusted else { throw ReadyCredentialError(.unsafeFolder, path: path) }
      return
    }
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else {
      throw ReadyCredentialError(.cannotCreateFolder, path: path, cause: ENOENT)
    }
    try makeFolder(String(path[..<slash]))
    guard unsafe mkdir(path, 0o700) == 0 else {
      if errno == EEXIST { return }
      throw ReadyCredentialError(.cannotCreateFolder, path: path, cause: errno)
    }
    // A umask can take from ourselves, too, and then the next folder could not be made in this one.
    unsafe chmod(path, 0o700)
  }
}
