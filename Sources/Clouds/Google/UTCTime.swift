// SPDX-License-Identifier: Apache-2.0

import ReadyCredential

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times as Google and gcloud write them.
enum UTCTime {
  /// `2026-11-23T21:58:53Z` (RFC 3339), and `2026-11-23 21:58:53.917825`, as gcloud's database has it, in UTC too.
  ///
  /// Nil for any other text, and for a time before 1970.
  static func date(_ text: String) -> Date? {
    CivilTime.unixSeconds(in: text).flatMap { seconds in
      seconds < 0 ? nil : Date(timeIntervalSince1970: Double(seconds))
    }
  }
}
