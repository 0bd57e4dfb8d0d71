// SPDX-License-Identifier: Apache-2.0

import Lab

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The state folder of a scenario, as it may be on a bad day.
///
/// root may write to a folder whose mode forbids it, so the folder is read-only or full because a small file system
/// is mounted there, in a mount namespace that only the command itself sees.
struct StateFolder {
  let desk: Desk
  private(set) var variables: [String: String] = [:]
  private var mount: String?
  private var user: UInt32?

  init(desk: Desk) { self.desk = desk }

  /// Changes the folder; throws `LabError.badOption` for an unknown kind.
  mutating func become(_ kind: String) throws {
    switch kind {
    case "missing": variables["XDG_STATE_HOME"] = "\(desk.folder)/not/there/yet"
    case "read-only": mount = "ro,size=64k"
    case "full": mount = "size=4k,mode=700"
    case "foreign":
      let path = "\(desk.folder)/state/lanyard"
      try PrivateFile.makeFolder(path)
      guard unsafe chown(path, 4242, 4242) == 0 else {
        throw LabError(.file, "only root can give \(path) away")
      }
    case "unreachable":
      guard geteuid() == 0 else { throw LabError(.file, "only root can become another user") }
      user = 4242
    default: throw LabError(.badOption, "there is no state folder that is \(kind)")
    }
  }

  /// The command, with the file system mounted for it alone, or as a user who cannot enter this desk's folders.
  func wrapped(_ words: [String]) -> [String] {
    if let user {
      return ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] + words
    }
    guard let mount else { return words }
    let script = "mount -t tmpfs -o \"$1\" tmpfs \"$2\" && shift 2 && exec \"$@\""
    return Self.inMountNamespace(script, [mount, "\(desk.folder)/state"] + words)
  }

  /// A shell script and its arguments, where what it mounts is seen by nobody else.
  static func inMountNamespace(_ script: String, _ arguments: [String]) -> [String] {
    Namespace.words("m") + ["/bin/sh", "-c", script, "sh"] + arguments
  }
}

/// A namespace of its own for one command, which root may have, and others by way of a user namespace.
enum Namespace {
  /// The words to put before the command; `kind` is `m` for mounts, `n` for a network that is down.
  static func words(_ kind: String) -> [String] {
    ["unshare", geteuid() == 0 ? "-\(kind)" : "-r\(kind)"]
  }
}
