// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The home folder of the account that this process runs as.
package enum AccountHome {
  /// The folder that the user database names for the effective uid; nil if it names none that is there and ours.
  ///
  /// Unlike `$HOME` it cannot be set by the `exec.env` of a kubeconfig. Source: getpwuid_r(3).
  package static func path() -> String? {
    guard let path = recorded(geteuid()), path.hasPrefix("/") else { return nil }
    var status = stat()
    guard unsafe path.withCString({ unsafe stat($0, &status) }) == 0,
      status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid()
    else { return nil }
    return path
  }

  private static func recorded(_ user: uid_t) -> String? {
    // Most entries take some dozens of bytes; those of directory services can be longer.
    for size in [1024, 16384, 1 << 20] {
      var entry = unsafe passwd()
      var found: UnsafeMutablePointer<passwd>?
      var text = [CChar](repeating: 0, count: size)
      let result = unsafe getpwuid_r(user, &entry, &text, size, &found)
      if result == ERANGE { continue }
      guard result == 0, unsafe found != nil, let folder = unsafe entry.pw_dir else { return nil }
      return unsafe String(validatingCString: folder)
    }
    return nil
  }
}
