// SPDX-License-Identifier: Apache-2.0

/// `lanyard login` with somebody in front of the login page.
struct TourLogin: Sendable {
  let lanyard: String
  let place: TourPlace
  let lab: RunningLab
  let leavesLoginToPerson: Bool

  /// The command as it is shown.
  static let command = "lanyard login lab --login browser"

  /// Runs the login to its end.
  ///
  /// `pageFound` gets the address of the login page as soon as lanyard has printed it, and all that
  /// it has printed so far. Throws
  /// `LabError.process` when lanyard prints no address, or is not done within ten minutes (of a
  /// person) or one (of the tour).
  func run(pageFound: (String, String) -> Void) async throws -> ProcessRunner.Result {
    let arguments = [lanyard] + Self.command.split(separator: " ").dropFirst().map(String.init)
    var child = try ChildProcess(arguments, environment: place.environment)
    do {
      let limit: Duration = leavesLoginToPerson ? .seconds(600) : .seconds(60)
      let deadline = ContinuousClock.now + limit
      var answered = false
      while true {
        if let result = child.collect() { return result }
        if !answered, let address = Self.address(in: child.errorsSoFar) {
          answered = true
          pageFound(address, child.errorsSoFar)
          if !leavesLoginToPerson { try await fillIn(address) }
        }
        guard ContinuousClock.now < deadline else {
          throw LabError(.process, "lanyard login did not end within \(limit)")
        }
        try await Task.sleep(for: .milliseconds(10))
      }
    } catch {
      child.kill()
      throw error
    }
  }

  /// The user whom the tour plays.
  var person: LabUser { lab.options.users.first ?? LabUser("alice") }

  private func fillIn(_ address: String) async throws {
    let user = person
    _ = try await BrowserDriver.with(caPEM: lab.options.issuerTLS ? lab.caPEM : nil) { browser in
      try await browser.logIn(at: address, as: .init(user.name, password: user.password))
    }
  }

  /// The first web address on a finished line of its own.
  static func address(in text: String) -> String? {
    guard let end = text.lastIndex(of: "\n") else { return nil }
    return text[..<end].split(separator: "\n").lazy
      .map { String($0.trimmingPrefix { $0 == " " }) }
      .first { $0.hasPrefix("http://") || $0.hasPrefix("https://") }
  }
}
