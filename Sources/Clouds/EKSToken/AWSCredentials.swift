// SPDX-License-Identifier: Apache-2.0

/// What requests to AWS are signed with.
package struct AWSCredentials: Sendable, Hashable {
  /// `AKIA…` for a user's own key, `ASIA…` for a temporary one; not secret.
  package let accessKeyID: String
  /// The key that signs.
  package let secretAccessKey: HiddenText
  /// Goes with temporary credentials.
  package let sessionToken: HiddenText?
  /// When they end, seconds since 1970; nil if they do not, or nobody said so.
  package let expiration: Int64?

  /// Puts credentials together; nil unless access key, secret and token are such as can stand in a header.
  ///
  /// Visible ASCII, and at most 256, 256 and 16,384 bytes: AWS gives no others, and a line break from a hostile file
  /// must not get into a request.
  package init?(
    accessKeyID: String,
    secretAccessKey: String,
    sessionToken: String? = nil,
    expiration: Int64? = nil
  ) {
    let token = sessionToken.flatMap { $0.isEmpty ? nil : $0 }
    guard Self.fits(accessKeyID, limit: 256), Self.fits(secretAccessKey, limit: 256),
      token.map({ Self.fits($0, limit: 16_384) }) ?? true
    else { return nil }
    self.accessKeyID = accessKeyID
    self.secretAccessKey = HiddenText(secretAccessKey)
    self.sessionToken = token.map(HiddenText.init)
    self.expiration = expiration
  }

  private static func fits(_ text: String, limit: Int) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= limit && bytes.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
