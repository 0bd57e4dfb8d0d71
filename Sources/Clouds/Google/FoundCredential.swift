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
  /// Whether nobody can see that it has become another's: then its tokens are not kept.
  var isVolatile = false

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
    if let (user, _) = credential.workforce, let writableFile {
      identity =
        ["workforce", writableFile, user.client.id, user.tokenURL] + credential.actingParts
    } else {
      identity = ["credential", Self.digest(digest)]
    }
    self.files = files
    self.writableFile = writableFile
  }

  /// An access token as it is.
  init(token: Secret, _ origin: Origin, files: [String]) {
    content = .token(token)
    self.origin = origin
    identity = ["token", Self.digest(Array(token.expose().utf8))]
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

  /// Takes up what can become another's though the credential stays the same: the subject token of an external account.
  ///
  /// A program may give another account's token at any time. With an output file, that file says whose it is; without
  /// one nothing does, and the credential is volatile. Throws what reading throws.
  mutating func addSubject(_ effects: CloudEffects) throws(CloudError) {
    guard case .credential(let credential) = content, let account = credential.externalAccount
    else { return }
    switch account.source {
    case .file(let path, _): try add([path], effects)
    case .certificate(let source):
      try add(CertificateSubject(effects: effects, origin: origin).paths(source), effects)
    case .executable(let source):
      isVolatile = source.outputFile == nil
      if let path = source.outputFile { try add([path], effects) }
    case .aws: identity += [effects.environment["AWS_ACCESS_KEY_ID"] ?? ""]
    case .url: break
    }
  }

  private mutating func add(_ paths: [String], _ effects: CloudEffects) throws(CloudError) {
    files += paths
    for path in paths {
      identity.append(Self.digest(try effects.readFile(path, SubjectToken.limit) ?? []))
    }
  }

  private static func digest(_ bytes: [UInt8]) -> String {
    Base64URL.encode(SHA256.hash(data: bytes))
  }

  /// The address of its token endpoint, if it names one.
  var tokenURI: String? {
    switch content {
    case .credential(.authorizedUser(let user)): user.tokenURI
    case .credential(.serviceAccount(let key)): key.tokenURI
    default: nil
    }
  }

  /// Whether a token takes a refresh token that there is once only.
  ///
  /// Whoever gives up on one leaves a token behind that nobody has, and the next one spends another.
  var spends: Bool {
    guard case .credential(let credential) = content else { return false }
    return credential.workforce != nil
  }

  /// The universe of the credential; nil: the public one.
  var universe: String? {
    if case .credential(let credential) = content { credential.universe } else { nil }
  }
}
