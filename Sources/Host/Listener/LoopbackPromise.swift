// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What a request gets: an answer, or the promise of one.
package enum LoopbackReply: Sendable {
  /// This answer, at once.
  case now(LoopbackResponse)
  /// The answer with which the promise is kept, if that happens while the connection lasts.
  case later(LoopbackPromise)
}

/// An answer that is not known yet, for as many requests as wait for it: people reload a page that does not come.
package final class LoopbackPromise: Sendable {
  private let state = Mutex(State())

  private struct State {
    var response: LoopbackResponse?
    var waiting: [@Sendable (LoopbackResponse) -> Void] = []
  }

  /// A promise that is still to be kept.
  package init() {}

  /// Gives the answer to all who wait, and to all who come; only the first one counts.
  package func keep(_ response: LoopbackResponse) {
    let waiting = state.withLock { state in
      guard state.response == nil else { return [] as [@Sendable (LoopbackResponse) -> Void] }
      state.response = response
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting { waiter(response) }
  }

  /// Calls `body` with the answer, now or later, on any thread.
  func whenKept(_ body: @escaping @Sendable (LoopbackResponse) -> Void) {
    let response = state.withLock { state in
      if state.response == nil { state.waiting.append(body) }
      return state.response
    }
    if let response { body(response) }
  }
}
