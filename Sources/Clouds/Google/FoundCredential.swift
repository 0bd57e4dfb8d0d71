// SPDX-License-Identifier: Apache-2.0

import Clouds
import Crypto
import OAuth

/// A credential that was found, and what is known about the place.
struct FoundCredential: Sendable {
  /// What it is.
  enum Content: Sendable, Equatable {
    /// An access token as it is, of unknown life.
    case token(Secret)
    /// Something that Google exchanges for one.
    case credential(GoogleCredential)
    /// The metadata server at this base URL.
    case metadata(String)
  }

  var content: Content
  var origin: Origin
  /// What tells this credential from every other, nothing secret in it.
  var identity: [String]
  /// The vendor's files that it was found with.
  var files: [String]
  /// The credential's own file, if a renewal may write into it.
  var writableFile: String?
  /// A token of this credential that the vendor keeps and that is still good.
  var kept: AccessToken?

  /// A credential out of a file or a row; `digest` is its text, of which a hash becomes part of the identity, so that a
  /// new sign-in is another one.
  init(
    _ credential: GoogleCredential,
    _ origin: Origin,
    digest: [UInt8],
    files: [String],
    writableFile: String?
  ) {
    content = .credential(credential)
    self.origin = origin
    // A workforce login's refresh token changes with each renewal, so it cannot be part of the identity.
    if case .workforceUser(let user) = credential, let writableFile {
      identity = ["workforce", writableFile, user.client.id, user.tokenURL]
    } else {
      identity = ["credential", Base64URL.encode(SHA256.hash(data: digest))]
    }
    self.files = files
    self.writableFile = writableFile
  }

  /// An access token as it is.
  init(token: Secret, _ origin: Origin, files: [String]) {
    content = .token(token)
    self.origin = origin
    identity = ["token", Base64URL.encode(SHA256.hash(data: Array(token.expose().utf8)))]
    self.files = files
  }

  /// The metadata server.
  init(metadata base: String) {
    content = .metadata(base)
    origin = Origin(
      place: "this machine's service account",
      signIn: "check the service account of this machine",
      who: "this machine's service account"
    )
    identity = ["metadata", base]
    files = []
  }

  /// The address of its token endpoint, if it names one.
  var tokenURI: String? {
    switch content {
    case .credential(.authorizedUser(let user)): user.tokenURI
    case .credential(.serviceAccount(let key)): key.tokenURI
    default: nil
    }
  }

  /// The universe of the credential; nil: the public one.
  var universe: String? {
    if case .credential(let credential) = content { credential.universe } else { nil }
  }
}
