// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The lab's only clock: the machine's, moved by an offset that tests may change.
///
/// Both servers read it, so moving it ages tokens for the issuer and for the API server alike, and
/// a client on the unmoved clock sees an issuer whose clock is wrong.
package final class LabClock: Sendable {
  private let offsetSeconds = Mutex<Double>(0)

  package init() {}

  /// The time that the lab's servers believe it is.
  package var now: Date { Self.wallClock.addingTimeInterval(offset) }

  /// How far the lab's clock is ahead of the machine's, in seconds; negative when it is behind.
  package var offset: Double {
    get { offsetSeconds.withLock { $0 } }
    set { offsetSeconds.withLock { $0 = newValue } }
  }

  /// Moves the clock forward (or back, when negative) by so many seconds.
  package func advance(by seconds: Double) {
    offsetSeconds.withLock { $0 += seconds }
  }

  /// The machine's clock, for the log, whose times must compare with those of other processes.
  static var wallClock: Date { Date() }
}
