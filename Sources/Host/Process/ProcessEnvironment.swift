// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The environment that this process was started with.
package enum ProcessEnvironment {
  /// Every variable; names and values that are not UTF-8 are repaired, so paths from here may not exist.
  package static func all() -> [String: String] { ProcessInfo.processInfo.environment }

  /// What a program gets that nothing of this process's environment may reach: home, `PATH`, language and the places of
  /// the user's session, as the system has them.
  package static func minimal(accountHome: String?) -> [String: String] {
    var environment = [
      "PATH": Executable.folders(accountHome: accountHome).joined(separator: ":"),
      "LANG": "C.UTF-8",
    ]
    environment["HOME"] = accountHome
    let runtime = "/run/user/\(geteuid())"
    if Files.isEnterable(runtime) {
      environment["XDG_RUNTIME_DIR"] = runtime
      if Files.exists("\(runtime)/bus") {
        environment["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=\(runtime)/bus"
      }
    }
    return environment
  }
}
