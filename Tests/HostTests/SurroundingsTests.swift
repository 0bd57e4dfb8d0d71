// SPDX-License-Identifier: Apache-2.0
import Host
import Testing

@Suite struct SurroundingsTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var environment: [String: String] = [:]
    var terminals: Set<Int32> = []
    var files: [String: String] = [:]
    var isMac = false
    var expected: Set<String>
    var testDescription: String { name }
  }

  static let rows = [
    Row(name: "nothing", expected: []),
    Row(name: "terminal", terminals: [0, 1, 2], expected: ["stdin", "stderr"]),
    Row(name: "redirected", terminals: [1, 2], expected: ["stderr"]),
    Row(name: "X11", environment: ["DISPLAY": ":0"], expected: ["display"]),
    Row(name: "Wayland", environment: ["WAYLAND_DISPLAY": "wayland-0"], expected: ["display"]),
    Row(name: "empty counts as unset", environment: ["DISPLAY": "", "SSH_TTY": ""], expected: []),
    Row(name: "SSH", environment: ["SSH_CONNECTION": "a 1 b 2"], expected: ["ssh"]),
    Row(
      name: "SSH with X11",
      environment: ["SSH_TTY": "/dev/pts/1", "DISPLAY": "localhost:10"],
      expected: ["ssh", "display"]
    ),
    Row(
      name: "SSH, then sudo",
      environment: ["SSH_CLIENT": "a 1 22"],
      terminals: [0, 1, 2],
      expected: ["ssh", "stdin", "stderr"]
    ),
    Row(name: "Docker", files: ["/.dockerenv": ""], expected: ["container"]),
    Row(name: "Podman", files: ["/run/.containerenv": ""], expected: ["container"]),
    Row(
      name: "pod",
      environment: ["KUBERNETES_SERVICE_HOST": "10.0.0.1"],
      expected: ["container"]
    ),
    Row(
      name: "docker by control group",
      files: ["/proc/1/cgroup": "12:pids:/docker/0123\n"],
      expected: ["container"]
    ),
    Row(
      name: "pod by control group",
      files: ["/proc/1/cgroup": "1:name=systemd:/kubepods/burstable/pod1\n"],
      expected: ["container"]
    ),
    Row(name: "no container", files: ["/proc/1/cgroup": "0::/init.scope\n"], expected: []),
    Row(name: "nspawn", environment: ["container": "systemd-nspawn"], expected: ["container"]),
    Row(name: "codespace", environment: ["CODESPACES": "true"], expected: ["container"]),
    Row(
      name: "development container",
      environment: ["REMOTE_CONTAINERS": "true", "DISPLAY": ":1"],
      expected: ["container", "display"]
    ),
    Row(
      name: "Docker on Windows",
      files: ["/proc/version": "Linux 5.15-microsoft-standard-WSL2", "/.dockerenv": ""],
      expected: ["container"]
    ),
    Row(
      name: "WSL with windows",
      environment: ["WSL_INTEROP": "/run/WSL/1_interop", "WAYLAND_DISPLAY": "wayland-0"],
      expected: ["wsl", "display"]
    ),
    Row(name: "systemd", environment: ["container": ""], expected: []),
    Row(
      name: "WSL by kernel",
      files: ["/proc/version": "Linux 5.15-Microsoft-standard-WSL2"],
      expected: ["wsl"]
    ),
    Row(name: "WSL by name", environment: ["WSL_DISTRO_NAME": "Debian"], expected: ["wsl"]),
    Row(name: "Linux", files: ["/proc/version": "Linux version 6.1.0"], expected: []),
    Row(name: "macOS", isMac: true, expected: ["display"]),
    Row(
      name: "macOS over SSH",
      environment: ["SSH_TTY": "/dev/ttys1"],
      isMac: true,
      expected: ["ssh"]
    ),
  ]

  @Test(arguments: rows)
  func factsComeFromEnvironmentAndProbes(_ row: Row) {
    let probes = Surroundings.Probes(
      isTerminal: { row.terminals.contains($0) },
      exists: { row.files[$0] != nil },
      content: { row.files[$0] },
      isMac: row.isMac
    )
    let found = Surroundings.observe(environment: row.environment, probes: probes)
    let expected = Surroundings(
      stdinIsTerminal: row.expected.contains("stdin"),
      stderrIsTerminal: row.expected.contains("stderr"),
      hasDisplay: row.expected.contains("display"),
      isSSH: row.expected.contains("ssh"),
      isContainer: row.expected.contains("container"),
      isWSL: row.expected.contains("wsl")
    )
    #expect(found == expected)
  }

  /// WSL counts as windows, because those of Windows are around it.
  @Test(
    arguments: [
      ([], false), (["display"], true), (["wsl"], true), (["wsl", "display"], true),
      (["ssh", "display"], false), (["ssh", "wsl"], false), (["container", "display"], false),
      (["container", "wsl"], false), (["ssh", "container", "wsl", "display"], false),
    ] as [(Set<String>, Bool)]
  )
  func aBrowserThatAPersonSees(_ facts: Set<String>, _ shows: Bool) {
    let surroundings = Surroundings(
      stdinIsTerminal: false,
      stderrIsTerminal: false,
      hasDisplay: facts.contains("display"),
      isSSH: facts.contains("ssh"),
      isContainer: facts.contains("container"),
      isWSL: facts.contains("wsl")
    )
    #expect(surroundings.showsBrowser == shows)
  }

  @Test func aPipeIsNoTerminal() throws {
    let pipe = try Pipe.make()
    #expect(!Terminal.isTerminal(pipe.readEnd))
    #expect(Terminal.width(pipe.readEnd) == nil)
    Pipe.close(pipe.readEnd)
    Pipe.close(pipe.writeEnd)
    #expect(!Terminal.isTerminal(-1))
  }
}
