// SPDX-License-Identifier: Apache-2.0

package import EKSToken

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

extension AWSTime {
  /// A time of a file of the AWS tools; nil for what ``seconds(_:)`` does not take.
  package static func date(_ text: String) -> Date? {
    seconds(text).map { Date(timeIntervalSince1970: Double($0)) }
  }

  /// The time as the tools write it: UTC, whole seconds, `Z`.
  package static func text(_ date: Date) -> String {
    Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)).formatted(.iso8601)
  }
}
