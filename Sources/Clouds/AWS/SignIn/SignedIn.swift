// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What a sign-in gave, for the person.
package struct SignedIn: Sendable, Equatable {
  /// Where: the name of the place, and its address where it has one.
  package let place: String
  /// Who, where the place says it.
  package let person: String?
  /// Until when what was obtained is good.
  package let expiry: Date
  /// Whether it is renewed by itself then.
  package let isRenewable: Bool
}

/// What became of a sign-out.
package enum SignedOut: Sendable, Equatable {
  /// There was no sign-in.
  case nothing
  /// It has ended, here and there.
  case ended
  /// It is gone here; the place has no way to end it.
  case forgotten
  /// It is gone here, but the place did not end it; why.
  case notEnded(String)
}
