// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An access token of Google's.
struct AccessToken: Sendable, Equatable {
  let token: Secret
  /// When it was received.
  let obtained: Date
  /// When it ends by this machine's clock.
  let expiry: Date
  /// Another refresh token that came with it, to be used from now on.
  var refreshToken: Secret?

  /// The same as something to keep.
  var kept: KeptSecret { KeptSecret(secret: token, obtained: obtained, expiry: expiry) }
}

/// What Google lets tokens live for, and what is done about it; seconds.
enum Lives {
  /// Of a token whose answer does not say: what every one of them has.
  static let usual = 3600
  /// A kept token is used while more than this is left, as gcloud does.
  static let enough: Double = 300
  /// By how much the time in an assertion lies in the past, as in Go's library, for clocks that are ahead.
  static let backdated: Int64 = 10
  /// What may be asked for when a service account is impersonated (IAM, generateAccessToken).
  static let impersonation = 600...43_200
}
