// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension TourWalk {
  /// The story.
  static let steps = [
    Step(title: "log in") { try await $0.logIn() },
    Step(title: "get pods, with a token from lanyard") { try await $0.firstPods() },
    Step(title: "somebody pastes a copy of the access token into a kubeconfig") {
      try await $0.paste()
    },
    Step(title: "the access token expires, and the copy is worthless") {
      try await $0.pastedExpires()
    },
    Step(title: "with lanyard the same command goes on working") { try await $0.renews() },
    Step(title: "and again, one lifetime later") { try await $0.renewsAgain() },
    Step(title: "the refresh token expires, and lanyard says what to do") {
      try await $0.sessionEnds()
    },
    Step(title: "log in again, and everything works") {
      try await $0.logIn()
      try await $0.podsAreShown(.lanyard)
      try $0.nothingWasReplayed()
      $0.timeline.passed("it works again")
    },
  ]

  private func logIn() async throws {
    let before = lab.log().count
    let login = TourLogin(
      lanyard: options.lanyard,
      place: place,
      lab: lab,
      leavesLoginToPerson: options.leavesLoginToPerson
    )
    timeline.command(TourLogin.command)
    let result = try await login.run { showLoginPage($0, said: $1, login) }
    let said = TourOutput.lines(result.output + result.errors).lines
    let pageLine = said.firstIndex { TourLogin.address(in: $0 + "\n") != nil }
    timeline.output(said.dropFirst(pageLine.map { $0 + 1 } ?? 0).map(place.short))
    try check(
      result.status == 0,
      otherwise: "`lanyard login` failed with exit code \(result.status)"
    )
    let events = lab.log(after: before)
    let grant = events.last { $0.kind == .codeGrant }
    guard let user = events.last(where: { $0.kind == .login })?.user, grant != nil else {
      throw LabError(.process, "lanyard reports a login, but the issuer's log has none")
    }
    timeline.passed("\(user) is logged in; issuer's log: refresh token \(refreshToken) issued")
  }

  private func showLoginPage(_ address: String, said: String, _ login: TourLogin) {
    let user = login.person
    if options.leavesLoginToPerson {
      timeline.note("your turn, within ten minutes: open this address in a browser, and log in as")
      timeline.note("\(user.name) with the password \(user.password)")
      timeline.say("\n\(address)\n")
    } else {
      let short = said.replacing(address, with: TourOutput.withoutQuery(address))
      timeline.output(TourOutput.lines(short).lines)
      timeline.note("  (the tour opens it and fills in the login page as \(user.name))")
    }
  }

  private func firstPods() async throws {
    try await podsAreShown(.lanyard)
    let asker = options.kubectl == nil ? "the client" : "kubectl"
    timeline.passed("\(asker) ran lanyard, which handed out the token of the login")
  }

  /// Copies the current access token and uses the copy while it lives; where that took longer than
  /// the copy had left to live, with another copy.
  private func paste() async throws {
    for _ in 1...3 {
      if lifeLeft(try lastIssue()) < 1.5 {
        try await waitForExpiry("a fresh token can be copied")
      }
      let token = try await copyToken()
      let issue = try lastIssue()
      pasted = token
      try LabKubeconfig(lab, user: .token(token.text)).write(to: place.pastedKubeconfig)
      let result = try await getPods(.pasted(token))
      if result.status == 0 {
        timeline.passed("the copy works as well, for as long as it lives")
        return
      }
      try check(lifeLeft(issue) < 0, otherwise: "the copy had to work while it is alive")
    }
    throw LabError(
      .process,
      "this machine is too slow for access tokens of \(lab.options.accessLifetime) s; "
        + "try --access-lifetime 20 --refresh-lifetime 60"
    )
  }

  private func copyToken() async throws -> PastedToken {
    timeline.command((["lanyard"] + place.lanyardArguments.map(place.short)).joined(separator: " "))
    let result = try await ProcessRunner.run(
      [options.lanyard] + place.lanyardArguments,
      environment: place.environment
    )
    guard result.status == 0 else {
      timeline.output(TourOutput.lines(result.errors).lines.map(place.short))
      throw LabError(.process, "`lanyard get-token` failed with exit code \(result.status)")
    }
    let token = try PastedToken(credential: result.output)
    timeline.output(TourOutput.lines(token.hidden(in: result.output)).lines)
    return token
  }

  private func pastedExpires() async throws {
    guard let pasted else { throw LabError(.process, "there is no copy of a token") }
    try await waitForExpiry("the access token expires")
    let before = lab.log().count
    let result = try await getPods(.pasted(pasted))
    let refusal = lab.log(after: before).last { $0.kind == .apiRequest && $0.status == 401 }
    guard result.status != 0, let refusal else {
      throw LabError(.process, "the copy had to be refused with 401, but was not")
    }
    let reason = refusal.reason ?? "no reason"
    try check(reason.hasPrefix("expired"), otherwise: "the API server's reason is \(reason)")
    timeline.passed("refused with 401; API server's log: \(reason)")
  }

  private func renews() async throws {
    let before = lab.log().count
    let lastGeneration = try lastIssue().generation
    try await podsAreShown(.lanyard)
    let events = lab.log(after: before)
    guard let renewal = events.last(where: { $0.kind == .refresh }) else {
      throw LabError(.process, "the pods are shown, but the issuer's log has no renewal")
    }
    try check(
      !events.contains { [.replay, .familyRevoked, .login].contains($0.kind) },
      otherwise: "the renewal took more than spending the refresh token once"
    )
    try check(
      renewal.generation != lastGeneration,
      otherwise: "the issuer did not replace the refresh token"
    )
    timeline.passed(
      "renewed without a login; issuer's log: refresh token \(refreshToken - 1) spent, "
        + "\(refreshToken) issued"
    )
  }

  private func renewsAgain() async throws {
    try await waitForExpiry("the access token expires")
    try await renews()
  }

  private func sessionEnds() async throws {
    let lifetime = lab.options.refreshLifetime
    try await wait(lifetime, after: lastIssue(), until: "the refresh token expires, too")
    let before = lab.log().count
    let result = try await getPods(.lanyard)
    try check(result.status != 0, otherwise: "`get pods` worked with an expired refresh token")
    try check(
      result.errors.contains("failed with exit code 3"),
      otherwise: "lanyard had to end with exit code 3, which says that a login is needed"
    )
    try check(
      result.errors.contains("log in: lanyard login lab"),
      otherwise: "lanyard had to say how to log in"
    )
    let denied = lab.log(after: before).last { $0.kind == .denied && $0.reason != nil }
    guard let reason = denied?.reason else {
      throw LabError(.process, "the issuer's log has no refused refresh token")
    }
    timeline.passed("exit code 3: a login is needed, and this is how; issuer's log: \(reason)")
  }

  private func waitForExpiry(_ what: String) async throws {
    try await wait(lab.options.accessLifetime, after: lastIssue(), until: what)
  }

  private func nothingWasReplayed() throws {
    try check(
      lab.count(.replay) == 0 && lab.count(.replayInGrace) == 0,
      otherwise: "the issuer's log has a refresh token that came twice"
    )
  }

  /// Seconds that an access token lives at least; its times are in whole seconds.
  private func lifeLeft(_ issue: LabEvent) -> Double {
    let end = Double(issue.milliseconds) / 1000 + Double(lab.options.accessLifetime - 1)
    return seconds(until: Date(timeIntervalSince1970: end))
  }
}
