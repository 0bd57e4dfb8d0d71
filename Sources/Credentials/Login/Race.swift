// SPDX-License-Identifier: Apache-2.0

/// Waits for the first of several answers, and no longer than a login may take.
struct Race: Sendable {
  let seconds: Double
  let effects: Effects

  init(seconds: Double, _ effects: Effects) {
    self.seconds = seconds
    self.effects = effects
  }

  /// What the main source gives, or the other if that gives something sooner; nil when the time is over.
  ///
  /// The other may give up by giving nil, which ends nothing. Throws what either throws.
  func first<Answer: Sendable>(
    _ main: @escaping @Sendable () async throws -> Answer,
    _ other: @escaping @Sendable () async throws -> Answer?
  ) async throws -> Answer? {
    try await withThrowingTaskGroup(of: RaceEvent<Answer>.self) { group in
      group.addTask { .answer(try await main()) }
      group.addTask { try await other().map { .answer($0) } ?? .noAnswer }
      group.addTask {
        try await effects.pause(seconds)
        return .late
      }
      defer { group.cancelAll() }
      while let event = try await group.next() {
        switch event {
        case .answer(let answer): return answer
        case .late: return nil
        case .noAnswer: continue
        }
      }
      return nil
    }
  }
}

private enum RaceEvent<Answer: Sendable>: Sendable {
  case answer(Answer)
  case noAnswer
  case late
}
