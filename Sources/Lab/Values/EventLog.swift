// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the lab's servers did, in order.
///
/// Never holds a token, a code, a cookie or a password.
package final class EventLog: Sendable {
  private struct State {
    var events: [LabEvent] = []
    var file: LineFile?
  }

  private let state = Mutex(State())

  /// A log in memory, also appended as JSON lines to the file at `path` when there is one; throws
  /// when that file cannot be opened.
  package init(appendingTo path: String? = nil) throws {
    let file = try path.map(LineFile.init(appendingTo:))
    state.withLock { $0.file = file }
  }

  /// All events so far, or only those whose sequence number is greater than `sequence`.
  package func events(after sequence: Int = 0) -> [LabEvent] {
    state.withLock { state in Array(state.events.dropFirst(max(0, sequence))) }
  }

  /// How often each kind of event occurred.
  package var counters: [LabEvent.Kind: Int] {
    state.withLock { state in
      state.events.reduce(into: [:]) { counts, event in counts[event.kind, default: 0] += 1 }
    }
  }

  /// Appends an event; `fill` sets what is known about it.
  func append(_ kind: LabEvent.Kind, _ fill: (inout LabEvent) -> Void = { _ in }) {
    state.withLock { state in
      let milliseconds = Int(LabClock.wallClock.timeIntervalSince1970 * 1000)
      var event = LabEvent(
        sequence: state.events.count + 1,
        milliseconds: milliseconds,
        kind: kind
      )
      fill(&event)
      state.events.append(event)
      state.file?.append(event.line)
    }
  }
}
