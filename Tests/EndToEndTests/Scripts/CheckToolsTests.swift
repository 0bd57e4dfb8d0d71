// SPDX-License-Identifier: Apache-2.0

import Testing

/// What `make` says and installs before anything else, on machines of all kinds.
@Suite struct CheckToolsTests {
  /// A machine, and what check-tools makes of it.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var words: [String] = []
    var change: @Sendable (inout [String: String]) -> Void = { _ in }
    var missing: [String] = []
    var status = 0
    /// The lines on stderr, each at least in part; nothing else may be there.
    var told: [String] = []
    /// What was done as root.
    var done: [String] = []

    var testDescription: String { name }
  }

  /// A Debian machine on which nothing is missing but `missing`; `LOG` has what was asked of apt.
  static func debian(missing: [String]) -> [String: String] {
    [
      "swift": "echo 'Swift version 6.3.1 (swift-6.3.1-RELEASE)'",
      "kubectl": "", "ld.gold": "", "strip": "", "python3": "",
      "uname": "echo Linux", "id": "echo 0",
      // As dpkg-query does: the format for each architecture of the package.
      "dpkg-query": """
      case ' \(missing.joined(separator: " ")) ' in *" $4 "*) exit 1 ;; esac
      printf "$(printf %s "$3" | sed 's/[$]{[^}]*}/installed/')"
      """,
      "apt-get": "echo \"apt-get $*\" >>\"$LOG\"",
      "apt-cache": "case $3 in *nowhere*) ;; *) echo found ;; esac",
      "ln": "echo \"ln $*\" >>\"$LOG\"",
      "pkg-config": "",
    ]
  }

  static let install = "apt-get install -y -qq --no-install-recommends"
  static let asUser: @Sendable (inout [String: String]) -> Void = { $0["id"] = "echo 1000" }
  static let withSudo: @Sendable (inout [String: String]) -> Void = {
    $0["id"] = "echo 1000"
    $0["sudo"] = "echo \"sudo $1\" >>\"$LOG\"\nshift\n[ \"$1\" = true ] || exec \"$@\""
  }
  static let elsewhere: @Sendable (inout [String: String]) -> Void = { $0["dpkg-query"] = nil }

  static let swift: [Case] = [
    Case(
      name: "no swift",
      change: { $0["swift"] = nil },
      status: 1,
      told: [
        "Swift 6.3 or newer is needed, and there is no swift",
        "  get it from https://www.swift.org",
      ]
    ),
    Case(
      name: "an old swift",
      change: { $0["swift"] = "echo 'Swift version 6.2.4 (swift-6.2.4-RELEASE)'" },
      status: 1,
      told: ["Swift 6.3 or newer is needed, this is 6.2", "  get it from https://www.swift.org"]
    ),
    Case(
      name: "a very old swift",
      change: { $0["swift"] = "echo 'Swift version 5.10 (swift-5.10-RELEASE)'" },
      status: 1,
      told: ["this is 5.10", "  get it from"]
    ),
    Case(name: "a newer swift", change: { $0["swift"] = "echo 'Swift version 7.0'" }),
    Case(
      name: "a broken swift",
      change: { $0["swift"] = "exit 127" },
      status: 1,
      told: ["could not be understood", "  try it: swift --version"]
    ),
    Case(
      name: "no kubectl",
      change: { $0["kubectl"] = nil },
      told: ["no kubectl in PATH; the tour uses a small client of its own, tests that need kubectl"]
    ),
  ]

  static let packages: [Case] = [
    Case(name: "nothing is missing"),
    Case(
      name: "root installs",
      missing: ["libyaml-dev", "faketime"],
      told: ["lanyard: installing libyaml-dev faketime"],
      done: ["apt-get update -qq", "\(install) libyaml-dev faketime"]
    ),
    Case(
      name: "sudo installs",
      change: withSudo,
      missing: ["libyaml-dev"],
      told: ["installing libyaml-dev"],
      done: [
        "sudo -n", "sudo -n", "apt-get update -qq", "sudo -n", "\(install) libyaml-dev",
      ]
    ),
    Case(
      name: "nobody may",
      change: asUser,
      missing: ["libyaml-dev", "faketime"],
      status: 1,
      told: [
        "these Debian packages are missing: libyaml-dev faketime",
        "  install them: sudo apt-get install --no-install-recommends libyaml-dev faketime",
      ]
    ),
    Case(
      name: "sudo that asks for a password",
      change: {
        $0["id"] = "echo 1000"
        $0["sudo"] = "exit 1"
      },
      missing: ["libyaml-dev"],
      status: 1,
      told: ["are missing: libyaml-dev", "  install them"]
    ),
    Case(
      name: "several architectures",
      change: {
        $0["dpkg-query"]? += "\nprintf \"$(printf %s \"$3\" | sed 's/[$]{[^}]*}/installed/')\""
      }
    ),
    Case(
      name: "gold in a package of its own",
      change: { $0["ld.gold"] = nil },
      told: ["installing binutils-gold"],
      done: ["apt-get update -qq", "\(install) binutils-gold"]
    ),
    Case(
      name: "no C++ library",
      missing: ["libstdc++-*-dev"],
      told: ["installing libstdc++-12-dev"],
      done: ["apt-get update -qq", "\(install) libstdc++-12-dev"]
    ),
    Case(
      name: "apt cannot update",
      change: { $0["apt-get"] = "echo 'E: no network' >&2; exit 100" },
      missing: ["libyaml-dev"],
      status: 1,
      told: ["E: no network", "apt-get update failed", "  its own words are above"]
    ),
    Case(
      name: "apt cannot install",
      change: { $0["apt-get"] = "[ \"$1\" = update ] || exit 100" },
      missing: ["libyaml-dev"],
      status: 1,
      told: [
        "installing libyaml-dev", "could not install libyaml-dev", "  its own words are above",
      ]
    ),
  ]

  static let further: [Case] = [
    Case(
      name: "further ones",
      words: ["optipng"],
      missing: ["optipng"],
      told: ["installing optipng"],
      done: ["apt-get update -qq", "\(install) optipng"]
    ),
    Case(
      name: "what there is not may be missing",
      words: ["optipng", "--if-there-is", "nowhere", "chromium"],
      missing: ["optipng", "nowhere", "chromium"],
      told: ["there is no package nowhere", "installing optipng chromium"],
      done: ["apt-get update -qq", "\(install) optipng chromium"]
    ),
    Case(
      name: "what nobody may install may be missing",
      words: ["--if-there-is", "chromium"],
      change: asUser,
      missing: ["chromium"],
      told: [
        "missing, so some tests are skipped: chromium", "  install them: sudo apt-get install",
      ]
    ),
    Case(
      name: "a server is not started",
      words: ["--if-there-is", "glewlwyd"],
      missing: ["glewlwyd"],
      told: ["installing glewlwyd", "the service glewlwyd is masked"],
      done: [
        "apt-get update -qq", "ln -s /dev/null /etc/systemd/system/glewlwyd.service",
        "\(install) glewlwyd",
      ]
    ),
    Case(name: "a server that is here is left alone", words: ["--if-there-is", "glewlwyd"]),
  ]

  static let elsewhereThanDebian: [Case] = [
    Case(name: "another Linux", change: elsewhere),
    Case(
      name: "another Linux without what is needed",
      change: {
        elsewhere(&$0)
        $0["ld.gold"] = nil
        $0["pkg-config"] = "case $2 in zlib) ;; *) exit 1 ;; esac"
      },
      status: 1,
      told: ["are missing: ld.gold yaml-0.1 libqrencode", "  install them with their headers"]
    ),
    Case(
      name: "another Linux without pkg-config",
      change: {
        elsewhere(&$0)
        $0["pkg-config"] = nil
      },
      status: 1,
      told: ["are missing: pkg-config yaml-0.1 libqrencode zlib", "  install them"]
    ),
    Case(
      name: "macOS without libyaml",
      change: {
        $0["uname"] = "echo Darwin"
        $0["ld.gold"] = nil
        $0["pkg-config"] = "case $2 in yaml-0.1) exit 1 ;; esac"
      },
      status: 1,
      told: ["are missing: yaml-0.1", "  install them: brew install pkgconf libyaml qrencode"]
    ),
  ]

  @Test(arguments: swift + packages + further + elsewhereThanDebian)
  func `what is missing is installed or named`(row: Case) async throws {
    var programs = Self.debian(missing: row.missing)
    row.change(&programs)
    let run = try await StubMachine(programs: programs).run("check-tools", row.words)
    #expect(run.status == row.status, "\(run.errors)")
    #expect(run.output.isEmpty)
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == row.told.count, "\(run.errors)")
    for (line, told) in zip(lines, row.told) { #expect(line.contains(told), "\(run.errors)") }
    #expect(run.log == row.done)
  }
}
