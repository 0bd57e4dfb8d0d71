// SPDX-License-Identifier: Apache-2.0

import ReadyCredential

/// The times that AWS and its tools write.
package enum AWSTime {
  /// Seconds since 1970 of a time as ``CivilTime/unixSeconds(in:)`` takes it; nil for anything else.
  package static func seconds(_ text: String) -> Int64? { CivilTime.unixSeconds(in: text) }
}
