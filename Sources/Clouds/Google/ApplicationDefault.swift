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
  /// other.
  func find(_ request: GoogleRequest) async throws(CloudError) -> FoundCredential? {
    if let path = effects.environment[Self.variable] {
      guard let bytes = try effects.readFile(path, CredentialFile.limit) else {
        throw CloudError(
          .configuration,
          "\(Self.variable) names \(Text.line(path)), which cannot be read",
          remedy: "make the file, or unset \(Self.variable)"
        )
      }
      return try read(bytes, path, .file(path, namedBy: Self.variable), request)
    }
    if let path = GcloudFolder(effects).applicationDefault,
      let bytes = try effects.readFile(path, CredentialFile.limit)
    {
      return try read(bytes, path, .applicationDefault(path), request)
    }
    guard let base = try await Metadata(effects: effects).find() else { return nil }
    var found = FoundCredential(metadata: base)
    found.files += GcloudFolder(effects).applicationDefault.map { [$0] } ?? []
    return found
  }

  private func read(
    _ bytes: [UInt8],
    _ path: String,
    _ origin: Origin,
    _ request: GoogleRequest
  ) throws(CloudError) -> FoundCredential {
    var credential = try CredentialFile.parse(bytes, origin)
    if case .authorizedUser(var user) = credential {
      // Of a person's token only those scopes can be asked for that were granted; all of them come unasked.
      user.scopes = request.scopes
      credential = .authorizedUser(user)
    }
    var found = FoundCredential(
      credential,
      origin,
      digest: bytes,
      files: [path],
      writableFile: path
    )
    guard case .externalAccount(let account) = credential else { return found }
    // Another subject is another identity, though the file that describes the pool is the same.
    if case .file(let subject, _) = account.source {
      found.files.append(subject)
      if let bytes = try effects.readFile(subject, SubjectToken.limit) {
        found.identity +=
          FoundCredential(token: Secret(String(decoding: bytes, as: UTF8.self)), origin, files: [])
          .identity
      }
    } else if case .aws = account.source {
      found.identity += [effects.environment["AWS_ACCESS_KEY_ID"] ?? ""]
    }
    return found
  }
}
