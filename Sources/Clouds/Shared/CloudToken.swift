// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
package import OAuth

/// What a cloud gives for an API server.
package struct CloudToken: Sendable, Equatable {
  /// The bearer token.
  package var token: Secret
  /// When it ends by this machine's clock; nil if that is not known.
  package var expiry: Date?
  /// Until when client-go is to keep it, if not until shortly before its end: what the vendor's own tools report.
  package var reported: Date?
  /// The vendor's files that the answer was made from, absolute: when one changes, a new answer is made.
  ///
  /// At most 4.
  package var files: [String]

  /// Puts a token together.
  package init(token: Secret, expiry: Date?, reported: Date? = nil, files: [String] = []) {
    self.token = token
    self.expiry = expiry
    self.reported = reported
    self.files = files
  }
}

/// Something short-lived that is kept encrypted in the session store: a role's credentials, an access token.
package struct KeptSecret: Sendable, Equatable {
  /// The secret text; a document of the cloud's own where it is more than a token.
  package var secret: Secret
  /// When it was obtained.
  package var obtained: Date
  /// When it ends by this machine's clock.
  package var expiry: Date

  /// Puts it together.
  package init(secret: Secret, obtained: Date, expiry: Date) {
    self.secret = secret
    self.obtained = obtained
    self.expiry = expiry
  }
}
