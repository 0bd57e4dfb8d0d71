// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth
import SessionStore

/// One login at the issuer, in a browser or with a device code.
///
/// It touches neither locks nor sessions.
struct Login: Sendable {
  var request: CredentialRequest
  let listenAddresses: [String]
  let audience: Audience
  /// The password of the request's user; nil if it has to be asked for.
  let password: (@Sendable () async throws(CredentialsError) -> Secret)?
  /// The context that the login is for, if one is known.
  let contextName: @Sendable () -> String?
  let documents: Documents
  let effects: Effects

  /// Asks the issuer for its metadata, anew; nobody has been asked anything yet when this throws.
  func metadata() async throws(CredentialsError) -> ProviderMetadata {
    do {
      return try await documents.metadata(fresh: true)
    } catch {
      throw CredentialsError(error)
    }
  }

  func calls(_ metadata: ProviderMetadata) -> ClientCalls {
    ClientCalls(request: request, metadata: metadata, effects: effects)
  }

  /// Logs in; throws when the person refuses, the time runs out or the tokens fail their verdict.
  func run(
    _ way: LoginWay,
    _ metadata: ProviderMetadata
  ) async throws(CredentialsError) -> Session {
    switch way {
    case .browser: return try await withBrowser(metadata, opensBrowser: true)
    case .paste: return try await withBrowser(metadata, opensBrowser: false)
    case .device: return try await withDevice(metadata)
    case .password: return try await withPassword(metadata)
    case .deviceOrURL:
      return metadata.deviceAuthorizationEndpoint == nil
        ? try await withBrowser(metadata, opensBrowser: false) : try await withDevice(metadata)
    case .none:
      throw CredentialsError(
        .loginNeeded,
        "nobody may be asked to log in",
        remedy: "log in at a terminal"
      )
    }
  }
}
