// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// gcloud's own sign-in, found as gcloud finds it and without starting it.
struct GcloudSignIn: Sendable {
  /// Bytes of a file with an access token in it.
  private static let tokenLimit = 16 * 1024

  let effects: CloudEffects
  let folder: GcloudFolder
  let properties: GcloudProperties

  /// Takes gcloud's settings as they are here; throws `.configuration` for files that cannot be understood.
  init(_ effects: CloudEffects) throws(CloudError) {
    self.effects = effects
    folder = GcloudFolder(effects)
    properties = try GcloudProperties(folder, effects)
  }

  /// What gcloud would use, in gcloud's order; nil if it is not signed in at all.
  ///
  /// Throws `.loginNeeded` if it is not signed in with the account that was named, and what reading its files gave.
  func find(_ request: GoogleRequest) throws(CloudError) -> FoundCredential? {
    if let token = effects.environment["CLOUDSDK_AUTH_ACCESS_TOKEN"] {
      return try given(token, by: "CLOUDSDK_AUTH_ACCESS_TOKEN", files: [])
    }
    if let path = properties[.tokenFile] {
      guard let bytes = try effects.readFile(path, Self.tokenLimit),
        let text = String(validating: bytes, as: UTF8.self)
      else { throw missing(path, .tokenFile) }
      return try given(text, by: path, files: [path])
    }
    if let path = properties[.credentialFile] {
      guard let bytes = try effects.readFile(path, CredentialFile.limit) else {
        throw missing(path, .credentialFile)
      }
      let origin = Origin.file(path, namedBy: GcloudProperties.Name.credentialFile.variable)
      var found = FoundCredential(
        try adjusted(try CredentialFile.parse(bytes, origin)),
        origin,
        digest: bytes,
        files: [path],
        writableFile: path
      )
      try found.addSubject(effects)
      found.files += properties.files
      return found
    }
    guard let account = request.account ?? properties[.account] else { return nil }
    return try signedIn(account, request)
  }

  private func signedIn(_ account: String, _ request: GoogleRequest) throws(CloudError)
    -> FoundCredential
  {
    let origin = Origin.gcloud(account)
    guard let path = folder.path else {
      throw CloudError(
        .configuration,
        "there is no home folder in which gcloud's files could be",
        remedy: "set HOME or CLOUDSDK_CONFIG"
      )
    }
    let store = GcloudStore(effects: effects, folder: path)
    let key = GcloudStore.key(account: account, universe: properties[.universe])
    guard let row = try store.credential(key) else {
      throw CloudError(
        .loginNeeded,
        "gcloud is not signed in as \(Text.line(account))",
        remedy: origin.signIn
      )
    }
    let token = store.token(key)
    var credential = try adjusted(try CredentialFile.parse(row, origin))
    if case .authorizedUser(var user) = credential {
      // A person's token has the scopes that were granted at login, unless others are asked for.
      user.scopes = request.scopes.isEmpty ? user.scopes : request.scopes
      user.recentProof = token?.recentProof
      credential = .authorizedUser(user)
    }
    let files = Array((properties.files + [store.credentials]).suffix(3))
    var found = FoundCredential(credential, origin, digest: row, files: files, writableFile: nil)
    try found.addSubject(effects)
    found.kept = usable(token, credential, request)
    if found.kept != nil { found.files.append(store.tokens) }
    return found
  }

  /// A token of gcloud's that can be handed on: good for a while, with the scopes that are wanted, and not one that the
  /// API server has just refused.
  private func usable(
    _ token: GcloudStore.Token?,
    _ credential: GoogleCredential,
    _ request: GoogleRequest
  ) -> AccessToken? {
    if case .serviceAccount(let key) = credential, key.isSelfSigned { return nil }
    let now = effects.now()
    guard request.scopes.isEmpty, !effects.isRejected, let token, let expiry = token.expiry,
      expiry.timeIntervalSince(now) > Lives.enough
    else { return nil }
    return AccessToken(token: token.token, obtained: now, expiry: expiry)
  }

  /// The credential with the settings that gcloud lays over it.
  private func adjusted(_ credential: GoogleCredential) throws(CloudError) -> GoogleCredential {
    switch credential {
    case .authorizedUser(var user):
      user.tokenURI = properties[.tokenHost] ?? user.tokenURI
      return .authorizedUser(user)
    case .serviceAccount(var key):
      key.tokenURI = properties[.tokenHost] ?? key.tokenURI
      key.signsItself = properties.isOn(.selfSigned)
      return .serviceAccount(key)
    default: return credential
    }
  }

  private func given(_ text: String, by place: String, files: [String]) throws(CloudError)
    -> FoundCredential
  {
    let place = Text.line(place)
    let token = SubjectToken.trim(text)
    guard !token.isEmpty, Text.isVisibleASCII(token) else {
      throw CloudError(
        .configuration,
        "there is no access token in \(place)",
        remedy: "get one: gcloud auth print-access-token"
      )
    }
    let origin = Origin(
      place: "the access token of \(place)",
      signIn: "get a new one: gcloud auth print-access-token",
      who: place
    )
    return FoundCredential(token: Secret(token), origin, files: files)
  }

  private func missing(_ path: String, _ name: GcloudProperties.Name) -> CloudError {
    CloudError(
      .configuration,
      "\(Text.line(path)) cannot be read, which \(name.section)/\(name.name) of gcloud names",
      remedy: "make the file, or: gcloud config unset \(name.section)/\(name.name)"
    )
  }
}
