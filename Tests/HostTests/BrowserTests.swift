// SPDX-License-Identifier: Apache-2.0
import Host
import Testing

@Suite struct BrowserTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  private static let desktop = Surroundings(
    stdinIsTerminal: true,
    stderrIsTerminal: true,
    hasDisplay: true,
    isSSH: false,
    isContainer: false,
    isWSL: false
  )

  @Test(arguments: [
    "https://idp.example/authorize?a=b&c=%20d#e", "HTTPS://idp.example", "http://localhost:8000/",
    "http://127.0.0.1/x", "http://[::1]:1/?q=1", "https://[2001:db8::1]:8443/",
  ])
  func webAddressesAreAccepted(_ url: String) {
    #expect(BrowserAddress(url)?.text == url)
  }

  @Test(arguments: [
    "", "-https://idp.example", "--help", "file:///etc/passwd", "javascript:alert(1)",
    "http://idp.example/", "http://localhost.evil.example/", "http://127.0.0.1.evil.example/",
    "http://127.0.0.1:80@evil.example/", "https://user@idp.example/", "https://", "https:///path",
    "https://idp.example/\n", "https://idp.example/ x", "https://idp.example/\u{1b}[2J",
    "https://idp.example/\"", "https://idp.example/`id`", "https://idp.example/\\x",
    "https://idp.example/ü", "ftp://idp.example/", " https://idp.example/",
    "http://localhost:80x/", "https://idp.example/<a>",
  ])
  func everythingElseIsRefused(_ url: String) {
    #expect(BrowserAddress(url) == nil)
    #expect(
      !Browser.open(
        url: url,
        environment: [:],
        surroundings: Self.desktop,
        allowBrowserVariable: true
      )
    )
  }

  @Test func whatPowerShellObeysIsEncoded() throws {
    let address = try #require(BrowserAddress("https://idp.example/?a=$(calc);'b'&c=d"))
    #expect(address.forPowerShell == "https://idp.example/?a=%24%28calc%29%3B%27b%27&c=d")
  }

  private func candidates(
    _ environment: [String: String],
    allow: Bool,
    isMac: Bool = false,
    change: (inout Surroundings) -> Void = { _ in }
  ) -> [[String]] {
    var surroundings = Self.desktop
    change(&surroundings)
    return Browser.candidates(
      environment: environment,
      surroundings: surroundings,
      allowBrowserVariable: allow,
      isMac: isMac
    ).map(\.paths)
  }

  @Test func withoutLeaveNoVariableChoosesTheProgram() {
    let hostile = ["BROWSER": "/tmp/evil", "PATH": "/tmp"]
    let system = Browser.systemFolders.map { "\($0)/xdg-open" }
    #expect(candidates(hostile, allow: false) == [system])
    #expect(
      candidates(["BROWSER": "/opt/b:c", "PATH": "/p:q:/r"], allow: true) == [
        ["/opt/b"], ["/p/c", "/r/c"], ["/p/xdg-open", "/r/xdg-open"],
      ]
    )
  }

  @Test(arguments: ["", "firefox %s", "sh -c", "-x", "./here", "bin/there", "a%sb"])
  func commandLinesInTheVariableAreSkipped(_ value: String) {
    #expect(
      candidates(["BROWSER": value, "PATH": "/p"], allow: true) == [["/p/xdg-open"]]
    )
  }

  @Test func thePlaceDecidesTheProgram() {
    #expect(candidates([:], allow: false, isMac: true) == [["/usr/bin/open"]])
    #expect(candidates([:], allow: false, isMac: true) { $0.isSSH = true }.isEmpty)
    #expect(candidates([:], allow: false) { $0.hasDisplay = false }.isEmpty)
    let windows = candidates([:], allow: false) {
      $0.isWSL = true
      $0.hasDisplay = false
    }
    #expect(
      windows.map { $0.last } == [
        "/run/current-system/sw/bin/wslview", "/mnt/c/Windows/explorer.exe",
      ]
    )
  }

  @Test func onlyKnownVariablesAreHandedOn() {
    let environment = [
      "HOME": "/home/a", "LC_ALL": "C", "DISPLAY": ":0", "BROWSER": "x", "PATH": "/p",
      "CLIENT_SECRET": "s", "AWS_SECRET_ACCESS_KEY": "s", "KUBERNETES_EXEC_INFO": "{}",
      "XDG_CONFIG_HOME": "/c", "LD_PRELOAD": "/l", "LANG": "",
    ]
    #expect(
      Browser.handedOn(environment, trusted: false) == [
        "HOME": "/home/a", "LC_ALL": "C", "DISPLAY": ":0",
        "PATH": Browser.systemFolders.joined(separator: ":"),
      ]
    )
    #expect(
      Browser.handedOn(environment, trusted: true) == [
        "HOME": "/home/a", "LC_ALL": "C", "DISPLAY": ":0", "PATH": "/p", "BROWSER": "x",
        "XDG_CONFIG_HOME": "/c",
      ]
    )
  }

  @Test func theAddressIsOneArgument() throws {
    let seen = scratch.file("seen")
    let script =
      "#!/bin/sh\nprintf '%s|' \"$#\" \"$1\" \"$SECRET\" > \(seen).new\n"
      + "/bin/mv \(seen).new \(seen)\n"
    let program = try scratch.write("my-browser", script, mode: 0o755)
    let url = "https://idp.example/?a=$(id)&b='c';d"
    let started = Browser.start(
      url: url,
      environment: ["BROWSER": program, "SECRET": "hidden"],
      surroundings: Self.desktop,
      allowBrowserVariable: true
    )
    #expect(exitStatus(of: try #require(started)) == 0)
    let bytes = try #require(try Files.readBounded(seen, limit: 1000))
    #expect(String(decoding: bytes, as: UTF8.self) == "1|\(url)||")
  }

  @Test func noProgramMeansNo() {
    #expect(
      !Browser.open(
        url: "https://idp.example/",
        environment: ["PATH": scratch.path, "BROWSER": scratch.path],
        surroundings: Self.desktop,
        allowBrowserVariable: true
      )
    )
  }
}
