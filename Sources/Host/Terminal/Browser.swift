// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The user's web browser.
package enum Browser {
  /// How long a program has to fail before it counts as one that shows the page, in seconds.
  ///
  /// Launchers without a browser behind them end at once; a browser that is also its own launcher stays.
  package static let trial = 1.0

  /// Starts a browser at `url` and does not wait for more than its failing at once.
  ///
  /// Only an argument vector, never a shell. The browser gets `/dev/null` for stdio, because our standard
  /// output carries a credential, and an environment of known names only. A kubeconfig can set any variable, so unless
  /// `allowBrowserVariable` is given, neither `BROWSER` nor `PATH` chooses the program, nor is either handed on.
  ///
  /// - Parameters:
  ///   - url: `https`, or `http` to this machine; anything else is refused.
  ///   - environment: The process environment.
  ///   - surroundings: Where we run; without a display nothing is started, except from WSL.
  ///   - allowBrowserVariable: Whether a person typed the command, so that the environment is theirs and may choose.
  ///   - trial: How long each program has to fail, in seconds; the call blocks for so long.
  /// - Returns: Whether a program was started and did not fail; whether it shows the page is not known.
  package static func open(
    url: String,
    environment: [String: String],
    surroundings: Surroundings,
    allowBrowserVariable: Bool,
    trial: Double = trial
  ) -> Bool {
    guard let address = BrowserAddress(url) else { return false }
    let launchers = BrowserLauncher.candidates(
      environment: environment,
      surroundings: surroundings,
      allowBrowserVariable: allowBrowserVariable,
      isMac: Surroundings.Probes.system.isMac
    )
    let inherited = handedOn(environment, trusted: allowBrowserVariable)
    return launchers.contains { launcher in
      guard let path = launcher.paths.first(where: Files.isProgram) else { return false }
      let started = try? DetachedProcess.launch(
        executable: path,
        arguments: launcher.arguments(for: address),
        environment: inherited,
        inherit: [:],
        signals: .ordinary
      )
      guard let started else { return false }
      return launcher.statusSaysNothing || !hasFailed(started, within: trial)
    }
  }

  /// Whether a child ends with anything but success in a short time; one that still runs has not.
  private static func hasFailed(_ child: Int32, within seconds: Double) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      var status: Int32 = 0
      let ended = unsafe waitpid(child, &status, WNOHANG)
      if ended == child { return status != 0 }
      if ended < 0, errno != EINTR { return false }
      guard ContinuousClock.now < end else { return false }
      usleep(10_000)
    }
  }

  /// The part of our environment that a browser needs, and that holds no secrets.
  package static func handedOn(_ environment: [String: String], trusted: Bool) -> [String: String] {
    let names: Set<String> = [
      "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_SESSION", "DISPLAY", "HOME", "LANG", "LANGUAGE",
      "LOGNAME", "USER", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "WSL_INTEROP", "XAUTHORITY",
      "XDG_CURRENT_DESKTOP", "XDG_RUNTIME_DIR", "XDG_SEAT", "XDG_SESSION_DESKTOP",
      "XDG_SESSION_ID", "XDG_SESSION_TYPE",
    ]
    let choosing: Set<String> = [
      "BROWSER", "PATH", "XDG_CONFIG_DIRS", "XDG_CONFIG_HOME", "XDG_DATA_DIRS", "XDG_DATA_HOME",
    ]
    var kept = environment.filter { name, value in
      !value.isEmpty
        && (names.contains(name) || name.hasPrefix("LC_") || (trusted && choosing.contains(name)))
    }
    if kept["PATH"] == nil {
      kept["PATH"] = BrowserLauncher.systemFolders.joined(separator: ":")
    }
    return kept
  }
}
