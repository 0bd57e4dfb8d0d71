// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One tour on its way through the steps.
final class TourWalk {
  /// A step: its heading and what it does.
  struct Step: Sendable {
    let title: String
    let take: @Sendable (TourWalk) async throws -> Void
  }

  let lab: RunningLab
  let place: TourPlace
  let options: TourOptions
  let timeline: Timeline
  let client: ClusterClient
  /// The copy of the access token, from when there is one.
  var pasted: PastedToken?

  init(_ lab: RunningLab, _ place: TourPlace, _ options: TourOptions, _ timeline: Timeline) {
    self.lab = lab
    self.place = place
    self.options = options
    self.timeline = timeline
    client = ClusterClient(
      kubectl: options.kubectl,
      lab: lab,
      place: place,
      lanyard: options.lanyard
    )
  }

  func run() async throws {
    try await introduce()
    for (index, step) in Self.steps.enumerated() {
      timeline.heading(index + 1, step.title)
      do {
        try await step.take(self)
      } catch let error as CancellationError {
        throw error
      } catch {
        let reason = place.short("\(error)")
        timeline.failed(reason)
        throw TourFailure(step: index + 1, title: step.title, reason: reason)
      }
    }
    timeline.say(
      """

      All \(Self.steps.count) steps behaved as told, in \(timeline.elapsed). The issuer saw \
      \(lab.count(.login)) logins and \(lab.count(.refresh)) renewals, and no refresh token twice.
      To look around for yourself, with tokens that live for a minute: lanyard-lab up
      """
    )
  }

  private func introduce() async throws {
    let asks =
      if let version = try await client.version() {
        "kubectl \(version) (\(options.kubectl ?? ""))"
      } else {
        "a small client of the lab's own, because there is no kubectl on PATH"
      }
    timeline.say(
      """
      The life of a credential, in half a minute. Here an access token lives for \
      \(lab.options.accessLifetime) s and a refresh token for \(lab.options.refreshLifetime) s.
      Lines with $ are commands that are really run, and each result is checked.

        issuer      \(lab.issuer)
        API server  \(lab.apiServerURL), asked by \(asks)
        lanyard     \(options.lanyard)
        $T          \(place.folder), removed at the end; your own files are not touched
      """
    )
  }
}

// MARK: what steps are made of

extension TourWalk {
  /// Throws unless a condition holds.
  func check(_ holds: Bool, otherwise reason: String) throws {
    guard holds else { throw LabError(.process, reason) }
  }

  /// Shows and runs `get pods`.
  func getPods(_ user: ClusterClient.User) async throws -> ProcessRunner.Result {
    timeline.command(client.command(user))
    let result = try await client.getPods(user)
    let (lines, repeats) = TourOutput.lines(result.output + result.errors)
    timeline.output(lines.map(place.short))
    if repeats { timeline.note("  (kubectl tries and says this several times; shown once)") }
    return result
  }

  /// Shows, runs and checks a `get pods` that has to work.
  func podsAreShown(_ user: ClusterClient.User) async throws {
    let result = try await getPods(user)
    try check(
      result.status == 0,
      otherwise: "`get pods` had to work, but failed with exit code \(result.status)"
    )
    try check(result.output.hasPrefix("NAME"), otherwise: "`get pods` showed no pods")
  }

  /// The last event at which tokens were issued.
  func lastIssue() throws -> LabEvent {
    guard let event = lab.log().last(where: { [.codeGrant, .refresh].contains($0.kind) }) else {
      throw LabError(.process, "the issuer's log shows no token issued")
    }
    return event
  }

  /// The number of the newest refresh token: each login and each renewal issues one.
  var refreshToken: Int { lab.count(.codeGrant) + lab.count(.refresh) }

  /// Seconds until a moment by the machine's clock.
  func seconds(until moment: Date) -> Double { moment.timeIntervalSince(LabClock.wallClock) }

  /// Waits until some seconds after an event, showing what happens then.
  func wait(_ lifetime: Int, after event: LabEvent, until what: String) async throws {
    let end = Date(timeIntervalSince1970: Double(event.milliseconds) / 1000 + Double(lifetime))
      .addingTimeInterval(0.05)
    timeline.waiting(until: what, seconds: seconds(until: end))
    while seconds(until: end) > 0 {
      timeline.stillWaiting(until: what, seconds: seconds(until: end))
      try await Task.sleep(for: .milliseconds(100))
    }
    timeline.waited(until: what)
  }
}
