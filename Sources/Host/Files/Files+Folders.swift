// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Files {
  /// Makes the folders above a path, mode 0700, where they are missing; throws `.system`.
  package static func makeFolders(above path: String) throws(HostError) {
    var folders: [String] = []
    var folder = path
    while let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
      folder = String(folder[..<slash])
      if Files.exists(folder) { break }
      folders.append(folder)
    }
    for folder in folders.reversed() {
      guard unsafe folder.withCString({ unsafe mkdir($0, 0o700) }) == 0 || errno == EEXIST else {
        throw .system("cannot make the folder \(Terminal.escape(folder))")
      }
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
