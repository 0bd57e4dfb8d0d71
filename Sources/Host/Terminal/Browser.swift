// SPDX-License-Identifier: Apache-2.0

/// The user's web browser.
package enum Browser {
  /// Starts a browser at `url` and does not wait for it.
  ///
  /// Only an argument vector, never a shell. The browser gets `/dev/null` for stdio, because our standard
  /// output carries a
  /// credential, and an environment of known names only. A kubeconfig can set any variable, so unless
  /// `allowBrowserVariable` is given,
  /// neither `BROWSER` nor `PATH` chooses the program, nor is either handed on.
  ///
  /// - Parameters:
  ///   - url: `https`, or `http` to this machine; anything else is refused.
  ///   - environment: The process environment.
  ///   - surroundings: Where we run; without a display nothing is started, except from WSL.
  ///   - allowBrowserVariable: Whether the user's own configuration lets the environment choose the program.
  /// - Returns: Whether a program could be started; whether it shows the page is not known.
  package static func open(
    url: String,
    environment: [String: String],
    surroundings: Surroundings,
    allowBrowserVariable: Bool
  ) -> Bool {
    start(
      url: url,
      environment: environment,
      surroundings: surroundings,
      allowBrowserVariable: allowBrowserVariable
    ) != nil
  }

  /// Does what ``open(url:environment:surroundings:allowBrowserVariable:)`` does, and tells the process that
  /// was started.
  ///
  /// - Parameters:
  ///   - url: `https`, or `http` to this machine; anything else is refused.
  ///   - environment: The process environment.
  ///   - surroundings: Where we run.
  ///   - allowBrowserVariable: Whether the environment may choose the program.
  /// - Returns: The process id, which stays taken until we end or somebody waits for it; nil if nothing was started.
  package static func start(
    url: String,
    environment: [String: String],
    surroundings: Surroundings,
    allowBrowserVariable: Bool
  ) -> Int32? {
    guard let address = BrowserAddress(url) else { return nil }
    let launchers = candidates(
      environment: environment,
      surroundings: surroundings,
      allowBrowserVariable: allowBrowserVariable,
      isMac: Surroundings.Probes.system.isMac
    )
    let inherited = handedOn(environment, trusted: allowBrowserVariable)
    for launcher in launchers {
      let text = launcher.isPowerShell ? address.forPowerShell : address.text
      for path in launcher.paths where Files.isProgram(path) {
        let started = try? DetachedProcess.launch(
          executable: path,
          arguments: [text],
          environment: inherited,
          inherit: [:],
          signals: .ordinary
        )
        if let started { return started }
      }
    }
    return nil
  }

  /// A program that may open the address.
  package struct Launcher: Sendable, Equatable {
    /// Where it may lie, in order.
    package var paths: [String]
    /// Whether it hands its argument to PowerShell.
    package var isPowerShell = false

    /// A launcher from its parts.
    package init(paths: [String], isPowerShell: Bool = false) {
      self.paths = paths
      self.isPowerShell = isPowerShell
    }
  }

  /// The programs to try, best first.
  package static func candidates(
    environment: [String: String],
    surroundings: Surroundings,
    allowBrowserVariable: Bool,
    isMac: Bool
  ) -> [Launcher] {
    let folders = searchPath(environment, trusted: allowBrowserVariable)
    func onPath(_ name: String) -> [String] {
      name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
    }
    var found: [Launcher] = []
    if allowBrowserVariable {
      found += browserVariable(environment).map { Launcher(paths: onPath($0)) }
    }
    if isMac {
      if !surroundings.isSSH { found.append(Launcher(paths: ["/usr/bin/open"])) }
      return found
    }
    if surroundings.isWSL {
      found.append(Launcher(paths: onPath("wslview"), isPowerShell: true))
      found.append(Launcher(paths: ["/mnt/c/Windows/explorer.exe"], isPowerShell: true))
    }
    if surroundings.hasDisplay { found.append(Launcher(paths: onPath("xdg-open"))) }
    return found
  }

  /// The programs that `BROWSER` names: no command lines, and no paths relative to wherever kubectl was run.
  private static func browserVariable(_ environment: [String: String]) -> [String] {
    (environment["BROWSER"] ?? "").split(separator: ":").map(String.init).filter { entry in
      let isPlain = !entry.contains { $0.isWhitespace || $0 == "%" } && !entry.hasPrefix("-")
      return isPlain && (entry.hasPrefix("/") || !entry.contains("/"))
    }
  }

  /// The folders in which programs lie if the environment may not say so.
  package static let systemFolders = [
    "/usr/local/bin", "/usr/bin", "/bin", "/run/current-system/sw/bin",
  ]

  private static func searchPath(_ environment: [String: String], trusted: Bool) -> [String] {
    guard trusted, let path = environment["PATH"], !path.isEmpty else { return systemFolders }
    return path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
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
    if kept["PATH"] == nil { kept["PATH"] = systemFolders.joined(separator: ":") }
    return kept
  }
}
