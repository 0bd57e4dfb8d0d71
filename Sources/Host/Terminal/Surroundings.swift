// SPDX-License-Identifier: Apache-2.0

/// Where the program runs: facts, from which others decide whether a person is there.
package struct Surroundings: Sendable, Equatable {
  /// Whether standard input is a terminal.
  package var stdinIsTerminal: Bool
  /// Whether standard error is a terminal.
  package var stderrIsTerminal: Bool
  /// Whether windows can be opened: X11 or Wayland, or macOS outside SSH.
  package var hasDisplay: Bool
  /// Whether the session came over SSH.
  package var isSSH: Bool
  /// Whether this is a container, where a browser would neither start nor reach our loopback address.
  package var isContainer: Bool
  /// Whether this is Linux inside Windows.
  package var isWSL: Bool

  /// Whether a browser opened here is one that the person sees: windows, or those of the Windows around this Linux, and
  /// neither SSH nor a container in between.
  package var showsBrowser: Bool { (hasDisplay || isWSL) && !isSSH && !isContainer }

  /// Surroundings from their parts.
  package init(
    stdinIsTerminal: Bool,
    stderrIsTerminal: Bool,
    hasDisplay: Bool,
    isSSH: Bool,
    isContainer: Bool,
    isWSL: Bool
  ) {
    self.stdinIsTerminal = stdinIsTerminal
    self.stderrIsTerminal = stderrIsTerminal
    self.hasDisplay = hasDisplay
    self.isSSH = isSSH
    self.isContainer = isContainer
    self.isWSL = isWSL
  }

  /// What the system can be asked; tests bring answers of their own.
  package struct Probes: Sendable {
    /// Whether a descriptor is a terminal's.
    package var isTerminal: @Sendable (Int32) -> Bool
    /// Whether a path exists.
    package var exists: @Sendable (String) -> Bool
    /// The beginning of a file as text; nil if it cannot be read.
    package var content: @Sendable (String) -> String?
    /// Whether the system is macOS.
    package var isMac: Bool

    /// Probes from their parts.
    package init(
      isTerminal: @escaping @Sendable (Int32) -> Bool,
      exists: @escaping @Sendable (String) -> Bool,
      content: @escaping @Sendable (String) -> String?,
      isMac: Bool
    ) {
      self.isTerminal = isTerminal
      self.exists = exists
      self.content = content
      self.isMac = isMac
    }

    /// Probes that ask this system.
    package static var system: Probes {
      #if os(macOS)
      let isMac = true
      #else
      let isMac = false
      #endif
      return Probes(
        isTerminal: Terminal.isTerminal,
        exists: Files.exists,
        content: { path in
          guard let bytes = try? Files.readBounded(path, limit: 65536) else { return nil }
          return String(decoding: bytes, as: UTF8.self)
        },
        isMac: isMac
      )
    }
  }

  /// Looks around.
  ///
  /// - Parameters:
  ///   - environment: The process environment; an empty variable counts as unset.
  ///   - probes: What to ask the system with.
  /// - Returns: The facts.
  package static func observe(
    environment: [String: String],
    probes: Probes = .system
  ) -> Surroundings {
    func isSet(_ names: String...) -> Bool {
      names.contains { environment[$0]?.isEmpty == false }
    }
    // sudo keeps neither of the first two, but often the third.
    let isSSH = isSet("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")
    let kernel = probes.isMac ? "" : (probes.content("/proc/version") ?? "").lowercased()
    let isContainer = isContainer(environment, probes)
    return Surroundings(
      stdinIsTerminal: probes.isTerminal(0),
      stderrIsTerminal: probes.isTerminal(2),
      hasDisplay: isSet("DISPLAY", "WAYLAND_DISPLAY") || (probes.isMac && !isSSH),
      isSSH: isSSH,
      isContainer: isContainer,
      // A container on Windows has the same kernel, and no way to Windows' programs.
      isWSL: isSet("WSL_DISTRO_NAME", "WSL_INTEROP")
        || (kernel.contains("microsoft") && !isContainer)
    )
  }

  /// Whether one of the marks is there that container engines leave: Docker, Podman, Kubernetes, systemd-nspawn, LXC,
  /// development containers.
  private static func isContainer(_ environment: [String: String], _ probes: Probes) -> Bool {
    let variables = ["KUBERNETES_SERVICE_HOST", "container", "REMOTE_CONTAINERS", "CODESPACES"]
    if variables.contains(where: { environment[$0]?.isEmpty == false }) { return true }
    if ["/.dockerenv", "/run/.containerenv"].contains(where: probes.exists) { return true }
    // What runs in the engine, but not with its marks: the first process's control group (version 1).
    let groups = probes.content("/proc/1/cgroup") ?? ""
    return ["/docker", "/kubepods", "/lxc/", "/containerd"].contains { groups.contains($0) }
  }
}
