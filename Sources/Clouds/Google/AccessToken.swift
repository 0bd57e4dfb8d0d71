// SPDX-License-Identifier: Apache-2.0

import Clouds
import Crypto
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
  /// What tells the refresh token that lies in the credential's file once this one was got, where that changes with
  /// each renewal and so cannot be part of the identity.
  var mark: String?

  init(token: Secret, obtained: Date, expiry: Date, refreshToken: Secret? = nil) {
    self.token = token
    self.obtained = obtained
    self.expiry = expiry
    self.refreshToken = refreshToken
  }

  /// What was kept; tokens have no line breaks, so whatever stands before one is the mark.
  init(_ kept: KeptSecret) {
    let parts = kept.secret.expose().split(separator: "\n", maxSplits: 1)
    self.init(
      token: Secret(parts.last.map(String.init) ?? ""),
      obtained: kept.obtained,
      expiry: kept.expiry
    )
    if parts.count == 2 { mark = String(parts[0]) }
  }

  /// The same as something to keep.
  var kept: KeptSecret {
    let text = mark.map { Secret("\($0)\n\(token.expose())") } ?? token
    return KeptSecret(secret: text, obtained: obtained, expiry: expiry)
  }

  /// The mark of a refresh token.
  static func mark(of refreshToken: Secret) -> String {
    Base64URL.encode(SHA256.hash(data: Array(refreshToken.expose().utf8)))
  }
}

/// What Google lets tokens live for, and what is done about it; seconds.
enum Lives {
  /// Of a token whose answer does not say: what every one of them has.
  static let usual = 3600
  /// A kept token is used while more than this is left, as gcloud does.
  static let enough: Double = 300
  /// By how much earlier than a token's end client-go is told to ask again, where that is said here.
  static let margin: Double = 30
  /// By how much the time in an assertion lies in the past, as in Go's library, for clocks that are ahead.
  static let backdated: Int64 = 10
  /// What may be asked for when a service account is impersonated (IAM, generateAccessToken).
  static let impersonation = 600...43_200
}
