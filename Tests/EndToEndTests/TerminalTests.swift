// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Logins by somebody who sits at a terminal.
@Suite struct TerminalTests {
  private func contains(_ words: String) -> (String) -> String? {
    { $0.contains(words) ? words : nil }
  }

  @Test func `what the browser ended at is pasted, beside the listener`() async throws {
    try await Desk.with { desk in
      let terminal = try TerminalConversation(
        desk,
        [try Programs.lanyard] + desk.getToken + ["--login", "browser"]
      )
      let url = try await terminal.shows { $0.url(of: "\(desk.lab.issuer)/authorize") }
      _ = try await terminal.shows(contains("paste here"))
      let callback = try await BrowserDriver.with {
        try await $0.authorize(at: url, as: Desk.alice)
      }
      terminal.type("http://wrong.example/?code=a&state=b")
      _ = try await terminal.shows(contains("that is not the answer of this login"))
      terminal.type(callback)
      #expect(try await terminal.status() == 0, "\(terminal.screen)")
      #expect(terminal.screen.contains(#""kind":"ExecCredential""#))
      #expect(desk.lab.logins == 1)
    }
  }

  /// Others who wait for the same renewal, too.
  @Test func `a renewal that takes long says what is waited for`() async throws {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      desk.lab.faults.set(
        try Fault("delay", grant: "refresh_token", parameters: ["ms": "6000", "when": "before"])
      )
      let first = try TerminalConversation(desk, [try Programs.lanyard] + desk.getToken)
      _ = try await eventually("the request") { desk.lab.isBeingAskedToRenew ? true : nil }
      let second = try TerminalConversation(desk, [try Programs.lanyard] + desk.getToken)
      let silent = try desk.startLanyard(desk.getToken)
      _ = try await first.shows(contains("waiting for the answer of 127.0.0.1, at most "))
      _ = try await second.shows(contains("another process is renewing this session; waiting for"))
      for terminal in [first, second] { #expect(try await terminal.status() == 0) }
      let result = try await silent.result()
      #expect(result.status == 0)
      #expect(result.errors.isEmpty, "there is no terminal")
    }
  }

  /// A container has no browser whose loopback is its own, so that none is offered there.
  @Test func `Enter opens a device login in the browser`() async throws {
    try await Desk.with { desk in
      let (browser, opened) = ("\(desk.folder)/browser", "\(desk.folder)/opened")
      try PrivateFile.write("#!/bin/sh\necho \"$1\" > \(opened)\n", to: browser)
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: browser)
      let terminal = try TerminalConversation(
        desk,
        [try Programs.lanyard, "login"] + desk.session(desk.getToken) + ["--login", "device"],
        ["BROWSER": browser, "DISPLAY": ":99"]
      )
      let direct = try await terminal.shows { screen in
        screen.split(whereSeparator: \.isWhitespace).first { $0.contains("user_code=") }
          .map(String.init)
      }
      var url = direct
      if Self.isContainer {
        #expect(!terminal.screen.contains("press Enter"))
      } else {
        _ = try await terminal.shows(contains("press Enter to open it in a browser"))
        terminal.type("")
        url = try await eventually("the browser") {
          let text = (try? PrivateFile.read(opened)) ?? ""
          return text.isEmpty ? nil : String(text.dropLast())
        }
        #expect(url == direct)
      }
      try await BrowserDriver.with { _ = try await $0.answerDevice(at: url, as: Desk.alice) }
      #expect(try await terminal.status() == 0, "\(terminal.screen)")
      #expect(terminal.screen.contains("logged in as alice"))
    }
  }

  private static var isContainer: Bool {
    let marks = ["/.dockerenv", "/run/.containerenv"].contains {
      FileManager.default.fileExists(atPath: $0)
    }
    let groups = (try? PrivateFile.read("/proc/1/cgroup")) ?? ""
    return marks
      || ["/docker", "/kubepods", "/lxc/", "/containerd"].contains { groups.contains($0) }
  }
}
