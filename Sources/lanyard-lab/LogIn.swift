// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

/// Who answers a page of the lab.
struct WhoAnswers: ParsableArguments {
  @Option(help: ArgumentHelp("Who logs in.", valueName: "name"))
  var user = "alice"

  @Option(help: ArgumentHelp("The password; the user name unless given.", valueName: "text"))
  var password: String?

  @Flag(help: "Press the button that refuses.")
  var refuse = false

  @Option(
    help: ArgumentHelp("Trust this CA certificate (PEM), for a lab with --tls.", valueName: "file"),
    completion: .file()
  )
  var certificateAuthority: String?

  var person: BrowserDriver.Person { .init(user, password: password, refuses: refuse) }

  /// What became of a device.
  var deviceResult: String { refuse ? "refused as \(user)" : "approved as \(user)" }

  func trusted() throws -> String? { try certificateAuthority.map(PrivateFile.read) }
}

/// `lanyard-lab log-in URL`: plays the person in front of the browser.
struct LogIn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-in",
    abstract:
      "Fill in the page behind the URL that lanyard printed, as a person would in a browser.",
    discussion: """
      For scripts: opens the URL, fills in the form, sends it and follows the answer to the program that waits for \
      it; a device page that has its code it approves. For example: \
      lanyard-lab log-in 'http://127.0.0.1:8080/authorize?…' --user bob
      """
  )

  @Argument(help: "The URL that the program printed.")
  var url: String

  @OptionGroup var who: WhoAnswers

  func run() async throws {
    let answered = try await BrowserDriver.with(caPEM: who.trusted()) { browser in
      try await browser.answer(at: url, as: who.person)
    }
    switch answered {
    case .login(let page):
      guard (200..<300).contains(page.status) else {
        throw LabError(
          .unexpectedPage,
          "the program that waited answered \(page.status)",
          remedy: "see what it says itself"
        )
      }
      print(who.refuse ? "refused as \(who.user)" : "logged in as \(who.user)")
    case .device:
      print(who.deviceResult)
    }
  }
}

/// `lanyard-lab device URL`: approves a device login.
struct Device: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Approve a device login, as a person would on the device page.",
    discussion: """
      For scripts: give the complete URL that lanyard printed, or the page's URL and the code: \
      lanyard-lab device http://127.0.0.1:8080/device --code BCDF-GHJK
      """
  )

  @Argument(help: "The URL of the device page, with or without the code.")
  var url: String

  @Option(help: "The code that the device shows, if the URL does not have it.")
  var code: String?

  @OptionGroup var who: WhoAnswers

  func run() async throws {
    _ = try await BrowserDriver.with(caPEM: who.trusted()) { browser in
      try await browser.answerDevice(at: url, userCode: code, as: who.person)
    }
    print(who.deviceResult)
  }
}
