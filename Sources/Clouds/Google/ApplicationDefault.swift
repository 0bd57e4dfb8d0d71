// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// Application Default Credentials (cloud.google.com/docs/authentication/application-default-credentials).
struct ApplicationDefault: Sendable {
  static let variable = "GOOGLE_APPLICATION_CREDENTIALS"

  let effects: CloudEffects

  /// The credentials, looked for where Google's libraries look, in their order; nil if there are none.
  ///
  /// Throws `.configuration` if the variable is set and its file cannot be read: whoever names a file wants that and no
  /// other. Throws `.temporary` for a metadata server that is there and does not answer.
  func find(_ request: GoogleRequest) async throws(CloudError) -> FoundCredential? {
    if let path = effects.environment[Self.variable] {
      guard let found = try await read(path, .file(path, namedBy: Self.variable), request) else {
        throw CloudError(
          .configuration,
          "\(Self.variable) names \(Text.line(path)), which cannot be read",
          remedy: "make the file, or unset \(Self.variable)"
        )
      }
      return found
    }
    if let path = GcloudFolder(effects).applicationDefault,
      let found = try await read(path, .applicationDefault(path), request)
    {
      return found
    }
    guard let base = try await Metadata(effects: effects).find() else { return nil }
    var found = FoundCredential(metadata: base)
    found.files += GcloudFolder(effects).applicationDefault.map { [$0] } ?? []
    return found
  }

  private func read(_ path: String, _ origin: Origin, _ request: GoogleRequest)
    async throws(CloudError) -> FoundCredential?
  {
    guard let (credential, bytes) = try await SecondLook.credential(path, origin, effects) else {
      return nil
    }
    var found = FoundCredential(
      Self.asked(credential, request),
      origin,
      digest: bytes,
      files: [path],
      writableFile: path
    )
    try found.addSubject(effects)
    return found
  }

  /// A credential that the user's own configuration gives, in place of the search; its successors go to our own store.
  ///
  /// Throws `.configuration` for a text that is none.
  func given(_ given: GoogleRequest.GivenCredential, _ request: GoogleRequest) throws(CloudError)
    -> FoundCredential
  {
    let origin = Origin.secret(given.name)
    let bytes = Array(given.text.expose().utf8)
    guard bytes.count <= CredentialFile.limit else { throw origin.wrong("it is too large") }
    var found = FoundCredential(
      Self.asked(try CredentialFile.parse(bytes, origin), request),
      origin,
      digest: bytes,
      files: [],
      writableFile: nil
    )
    try found.addSubject(effects)
    return found
  }

  /// Of a person's token only those scopes can be asked for that were granted; all of them come unasked.
  private static func asked(_ credential: GoogleCredential, _ request: GoogleRequest)
    -> GoogleCredential
  {
    guard case .authorizedUser(var user) = credential else { return credential }
    user.scopes = request.scopes
    return .authorizedUser(user)
  }
}
