// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Who chooses the program that is started as browser.
@Suite struct BrowserChoiceTests {
  /// A browser that only leaves a trace.
  private static func browser(_ desk: Desk, _ name: String) throws -> (path: String, trace: String)
  {
    let (path, trace) = ("\(desk.folder)/\(name)", "\(desk.folder)/\(name)-ran")
    try PrivateFile.write("#!/bin/sh\necho > \(trace)\nsleep 2\n", to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    return (path, trace)
  }

  @Test func `a person's BROWSER is used at lanyard login, a kubeconfig's nowhere`() async throws {
    try await Desk.with { desk in
      let mine = try Self.browser(desk, "mine")
      let theirs = try Self.browser(desk, "theirs")
      let kubeconfig = "\(desk.folder)/kubeconfig"
      let user = LabKubeconfig.User.exec(command: "lanyard", arguments: desk.getToken)
      try LabKubeconfig(desk.lab, user: user).write(to: kubeconfig)
      let text = try PrivateFile.read(kubeconfig).replacing(
        "command:",
        with: "env: [{name: BROWSER, value: \(theirs.path)}]\n      command:"
      )
      try PrivateFile.write(text, to: kubeconfig)
      let login = try await desk.logIn(
        ["login"],
        as: Desk.alice,
        ["KUBECONFIG": kubeconfig, "BROWSER": mine.path, "DISPLAY": ":99"]
      )
      #expect(login.status == 0, "\(login.errors)")
      let asked = try await desk.logIn(
        desk.getToken + ["--account", "other"],
        as: Desk.alice,
        ["BROWSER": theirs.path, "DISPLAY": ":99"]
      )
      #expect(asked.status == 0, "\(asked.errors)")
      #expect(FileManager.default.fileExists(atPath: mine.trace))
      #expect(!FileManager.default.fileExists(atPath: theirs.trace))
    }
  }
}
