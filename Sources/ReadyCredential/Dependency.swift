// SPDX-License-Identifier: Apache-2.0

/// A file that the provider's answer was made from, as it was then.
package struct Dependency: Sendable, Hashable {
  /// The longest path that is recorded, in bytes.
  package static let maximumPathLength = 4096
  /// The most files that one ready credential records.
  package static let maximumCount = 4

  /// The absolute path.
  package let path: String
  /// Inode number; 0 if there was no such file.
  package let inode: UInt64
  /// Size in bytes.
  package let size: Int64
  /// Time of the last change of content: seconds since 1970.
  package let modifiedSeconds: Int64
  /// Nanoseconds of that second.
  package let modifiedNanoseconds: Int64

  /// Looks at the file now, symlinks followed.
  ///
  /// A file that is missing is recorded as missing.
  package static func observe(_ path: String) -> Dependency {
    let status = FileStatus(following: path)
    return Dependency(
      path: path,
      inode: status?.inode ?? 0,
      size: status?.size ?? 0,
      modifiedSeconds: status?.modifiedSeconds ?? 0,
      modifiedNanoseconds: status?.modifiedNanoseconds ?? 0
    )
  }

  /// Whether the file is still what it was.
  package var isUnchanged: Bool {
    let now = Dependency.observe(path)
    return inode == now.inode && size == now.size && modifiedSeconds == now.modifiedSeconds
      && modifiedNanoseconds == now.modifiedNanoseconds
  }
}
