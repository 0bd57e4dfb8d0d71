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
    return BrowserLauncher.candidates(
      environment: environment,
      surroundings: surroundings,
      allowBrowserVariable: allow,
      isMac: isMac
    ).map(\.paths)
  }

  @Test func withoutLeaveNoVariableChoosesTheProgram() {
    let hostile = ["BROWSER": "/tmp/evil", "PATH": "/tmp"]
    let system = ["xdg-open", "sensible-browser", "x-www-browser"].map { name in
      BrowserLauncher.systemFolders.map { "\($0)/\(name)" }
    }
    #expect(candidates(hostile, allow: false) == system)
    #expect(
      candidates(["BROWSER": "/opt/b:c", "PATH": "/p:q:/r"], allow: true) == [
        ["/opt/b"], ["/p/c", "/r/c"], ["/p/xdg-open", "/r/xdg-open"],
        ["/p/sensible-browser", "/r/sensible-browser"], ["/p/x-www-browser", "/r/x-www-browser"],
      ]
    )
  }

  @Test(arguments: ["", ":", "-x", "./here", "bin/there", "a%sb", "%s", " "])
  func whatIsNoProgramInTheVariableIsSkipped(_ value: String) {
    #expect(candidates(["BROWSER": value, "PATH": "/p"], allow: true).first == ["/p/xdg-open"])
  }

  @Test(
    arguments: [
      ("b", ["U"]), ("b %s", ["U"]), ("b --new  -- %s", ["--new", "--", "U"]),
      ("b --url=%s", ["--url=U"]), ("b -x", ["-x", "U"]), ("b 100%% %s", ["100%", "U"]),
      ("b a%cb %s%s", ["a:b", "UU"]), ("b '%s'; $(id)", ["'U';", "$(id)"]), ("b %", ["%", "U"]),
      ("b %x%s", ["%xU"]),
    ]
  )
  func theVariablesCommandIsWordsWithoutAShell(_ value: String, _ expected: [String]) throws {
    let launcher = try #require(
      BrowserLauncher.candidates(
        environment: ["BROWSER": value],
        surroundings: Self.desktop,
        allowBrowserVariable: true,
        isMac: false
      ).first
    )
    let address = try #require(BrowserAddress("https://idp.example/"))
    let filled = launcher.arguments(for: address).map { argument in
      argument.split(separator: address.text, omittingEmptySubsequences: false)
        .joined(separator: "U")
    }
    #expect(filled == expected)
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
        "PATH": BrowserLauncher.systemFolders.joined(separator: ":"),
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
    let isOpened = Browser.open(
      url: url,
      environment: ["BROWSER": "\(program) %s", "SECRET": "hidden"],
      surroundings: Self.desktop,
      allowBrowserVariable: true,
      trial: 60
    )
    #expect(isOpened)
    let bytes = try #require(try Files.readBounded(seen, limit: 1000))
    #expect(String(decoding: bytes, as: UTF8.self) == "1|\(url)||")
  }

  @Test func whatFailsAtOnceGivesWayToTheNext() throws {
    let seen = scratch.file("seen")
    let failing = try scratch.write("failing", "#!/bin/sh\nexit 3\n", mode: 0o755)
    let killed = try scratch.write("killed", "#!/bin/sh\nkill -9 $$\n", mode: 0o755)
    let working = try scratch.write("working", "#!/bin/sh\n: > \(seen)\n", mode: 0o755)
    func open(_ browsers: [String]) -> Bool {
      Browser.open(
        url: "https://idp.example/",
        environment: ["BROWSER": browsers.joined(separator: ":"), "PATH": scratch.path],
        surroundings: Self.desktop,
        allowBrowserVariable: true,
        trial: 60
      )
    }
    #expect(!open([failing, killed]))
    #expect(!Files.exists(seen))
    #expect(open([scratch.file("absent"), failing, killed, working]))
    #expect(Files.exists(seen))
  }

  @Test func whatStaysCountsAsOpened() throws {
    let marker = scratch.file("go")
    let staying = try scratch.write(
      "staying",
      "#!/bin/sh\nuntil [ -e \(marker) ]; do /bin/sleep 0.05; done\nexit 1\n",
      mode: 0o755
    )
    let isOpened = Browser.open(
      url: "https://idp.example/",
      environment: ["BROWSER": staying, "PATH": scratch.path],
      surroundings: Self.desktop,
      allowBrowserVariable: true,
      trial: 0.05
    )
    #expect(isOpened)
    _ = try scratch.write("go", "")
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
