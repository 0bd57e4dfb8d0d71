// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Files {
  /// Makes the folders above a path, mode 0700, where they are missing.
  ///
  /// Throws `.notOurFile` if the nearest one that exists belongs to another user than this one or root, because what
  /// root makes in a user's home (sudo with HOME kept) locks that user out; `.system`.
  package static func makeFolders(above path: String) throws(HostError) {
    var folders: [String] = []
    var folder = path
    while let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
      folder = String(folder[..<slash])
      if Files.exists(folder) {
        try requireTrusted(folder)
        break
      }
      folders.append(folder)
    }
    for folder in folders.reversed() { try makeFolder(folder) }
  }

  private static func makeFolder(_ path: String) throws(HostError) {
    guard unsafe path.withCString({ unsafe mkdir($0, 0o700) }) == 0 else {
      if errno == EEXIST { return }
      throw .system("cannot make the folder \(Terminal.escape(path))")
    }
    // A umask can take from ourselves, too.
    _ = unsafe path.withCString { unsafe chmod($0, 0o700) }
  }

  private static func requireTrusted(_ folder: String) throws(HostError) {
    var status = stat()
    guard unsafe folder.withCString({ unsafe stat($0, &status) }) == 0 else { return }
    guard [0, geteuid()].contains(status.st_uid) else {
      throw HostError(
        .notOurFile,
        "\(Terminal.escape(folder)) belongs to uid \(status.st_uid), and this process runs as uid \(geteuid())",
        remedy: "run without sudo, or set HOME to a folder of this user"
      )
    }
  }

  /// Removes a file; one that is not there is no error.
  ///
  /// - Throws: `.system` for what cannot be removed.
  package static func remove(_ path: String) throws(HostError) {
    guard unsafe path.withCString({ unsafe unlink($0) }) == 0 || errno == ENOENT || errno == ENOTDIR
    else { throw .system("cannot remove \(Terminal.escape(path))") }
  }
}
