// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// gcloud's sign-ins on disk: two SQLite files, read and never written.
struct GcloudStore: Sendable {
  /// Seconds that a lock of gcloud's is waited for: as long as gcloud itself waits.
  static let patience: Double = 5

  let effects: CloudEffects
  /// gcloud's folder.
  let folder: String

  /// Where the sign-ins lie.
  var credentials: String { "\(folder)/credentials.db" }
  /// Where the access tokens lie.
  var tokens: String { "\(folder)/access_tokens.db" }

  /// An access token that gcloud keeps.
  struct Token: Sendable, Equatable {
    var token: Secret
    /// Nil if the row says nothing that can be read.
    var expiry: Date?
    /// Proof of a recent sign-in.
    var recentProof: Secret?
  }

  /// What an account's rows are found by: accounts of other universes have the universe behind them.
  static func key(account: String, universe: String?) -> String {
    guard let universe, universe != HostRule.publicUniverse else { return account }
    return "\(account)#\(universe)"
  }

  /// The credential of an account, JSON; nil if gcloud is not signed in with it.
  ///
  /// Throws `.temporary` while gcloud holds the file, `.configuration` for a file that is not gcloud's.
  func credential(_ key: String) throws(CloudError) -> [UInt8]? {
    let query = DatabaseQuery(
      path: credentials,
      statement: "SELECT value FROM credentials WHERE account_id = ?1",
      parameters: [key],
      seconds: Self.patience
    )
    do {
      guard let value = try effects.query(query)?.first?.first, let value else { return nil }
      return value
    } catch {
      guard error.code == .configuration else { throw error }
      // gcloud can mend what it left half written; reading alone cannot.
      let remedy = "run: gcloud auth list; if that fails too: gcloud auth login"
      throw CloudError(.configuration, error.what, remedy: remedy, cause: error)
    }
  }

  /// The access token of an account; nil if there is none, and also if the file cannot be read: a cache must not stand
  /// in the way.
  func token(_ key: String) -> Token? {
    let query = DatabaseQuery(
      path: tokens,
      statement:
        "SELECT access_token, token_expiry, rapt_token FROM access_tokens WHERE account_id = ?1",
      parameters: [key],
      seconds: Self.patience
    )
    let row: [[UInt8]?]
    do {
      guard let found = try effects.query(query)?.first, found.count == 3 else { return nil }
      row = found
    } catch {
      effects.trace("gcloud's access tokens are not used: \(error.what)")
      return nil
    }
    let texts = row.map { $0.flatMap { String(validating: $0, as: UTF8.self) } }
    guard let token = texts[0], !token.isEmpty, Text.isVisibleASCII(token) else { return nil }
    let proof = texts[2].flatMap { $0.isEmpty ? nil : Secret($0) }
    return Token(
      token: Secret(token),
      expiry: texts[1].flatMap(UTCTime.date),
      recentProof: proof
    )
  }
}
