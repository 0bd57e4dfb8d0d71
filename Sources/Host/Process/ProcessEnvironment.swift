// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The environment that this process was started with.
package enum ProcessEnvironment {
  /// Every variable; names and values that are not UTF-8 are repaired, so paths from here may not exist.
  package static func all() -> [String: String] { ProcessInfo.processInfo.environment }
}
