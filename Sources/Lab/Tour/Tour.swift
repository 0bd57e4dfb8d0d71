// SPDX-License-Identifier: Apache-2.0

/// The story of an access token and a refresh token with lifetimes of a few seconds, told with real
/// commands whose results are checked.
package enum Tour {
  /// Takes the tour; `write` gets the text of the timeline as it happens.
  ///
  /// Throws `TourFailure` at the first step that does not behave, `LabError` when the lab does not
  /// start, `CancellationError` when INT or TERM stopped it. Whatever happens, the servers are
  /// stopped and the tour's folder is removed.
  package static func run(
    _ options: TourOptions,
    style: Timeline.Style,
    write: @escaping @Sendable (String) -> Void
  ) async throws {
    let lab = try await Lab.start(options.lab, stoppingOnSignals: true)
    do {
      let place = try TourPlace(
        lab,
        lanyard: options.lanyard,
        outside: ProcessRunner.environment
      )
      defer { place.remove() }
      try await walk(lab, place, options, Timeline(style, write: write))
    } catch {
      await lab.stop()
      throw error
    }
  }

  /// Walks until the end or until a signal stops the lab; returns when the lab has stopped.
  private static func walk(
    _ lab: RunningLab,
    _ place: TourPlace,
    _ options: TourOptions,
    _ timeline: Timeline
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await TourWalk(lab, place, options, timeline).run()
      }
      group.addTask {
        await lab.waitUntilStopped()
        throw CancellationError()
      }
      let first = await group.nextResult()
      group.cancelAll()
      await lab.stop()
      try first?.get()
    }
  }
}
