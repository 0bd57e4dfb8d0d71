// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The place of one ready credential: what this very invocation would print while its token is good.
///
/// Closures, because how it lies on disk is `ReadyCredential`'s secret and what is printed is `Kubeconfig`'s.
package struct ReadySlot: Sendable {
  /// What a look at the slot found.
  package enum Found: Sendable, Equatable {
    /// The bytes to print.
    case hit([UInt8])
    /// Nothing that may be printed; `rejected` if the same caller was served this token before.
    case miss(rejected: Bool)
  }

  /// Looks for a ready credential.
  package let lookup: @Sendable (_ now: Date) -> Found
  /// Writes one: body, times, and the moment from which it is right.
  ///
  /// Failing is not an error.
  package let write: @Sendable (_ body: [UInt8], _ times: TokenTimes, _ now: Date) -> Void
  /// The bytes that were printed last, if they are due for renewal but good until the expiry that they name; for when
  /// nothing better can be had for now.
  package let fallback: @Sendable (_ now: Date) -> [UInt8]?
  /// The ExecCredential for a token and the expiry to report.
  package let render: @Sendable (_ token: String, _ expiration: Date?) -> [UInt8]

  /// Makes a slot.
  package init(
    lookup: @escaping @Sendable (Date) -> Found,
    write: @escaping @Sendable ([UInt8], TokenTimes, Date) -> Void,
    fallback: @escaping @Sendable (Date) -> [UInt8]? = { _ in nil },
    render: @escaping @Sendable (String, Date?) -> [UInt8]
  ) {
    self.lookup = lookup
    self.write = write
    self.fallback = fallback
    self.render = render
  }
}
