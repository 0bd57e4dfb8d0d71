// SPDX-License-Identifier: Apache-2.0

/// One program after the other talks to the providers.
///
/// A browser wants a small machine for itself, and glewlwyd with SQLite answers now and then with status 500 when two
/// requests write at the same time. What waits only because of time (a refresh token that must not expire) goes first.
actor Turn {
  static let shared = Turn()

  /// Who goes first.
  enum Urgency: Int {
    /// A renewal, which takes a moment.
    case high
    /// A login, which takes seconds.
    case low
  }

  private var isTaken = false
  private var waiting: [[CheckedContinuation<Void, Never>]] = [[], []]

  /// Does the work when it is its turn.
  static func with<Value>(
    _ urgency: Urgency,
    _ body: () async throws -> Value
  ) async rethrows -> Value {
    await shared.take(urgency)
    do {
      let value = try await body()
      await shared.give()
      return value
    } catch {
      await shared.give()
      throw error
    }
  }

  private func take(_ urgency: Urgency) async {
    guard isTaken else {
      isTaken = true
      return
    }
    await withCheckedContinuation { waiting[urgency.rawValue].append($0) }
  }

  private func give() {
    guard let line = waiting.firstIndex(where: { !$0.isEmpty }) else {
      isTaken = false
      return
    }
    waiting[line].removeFirst().resume()
  }
}
