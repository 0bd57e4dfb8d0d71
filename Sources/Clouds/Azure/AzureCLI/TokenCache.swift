// SPDX-License-Identifier: Apache-2.0

package import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The tokens of the Azure CLI, as MSAL keeps them in `msal_token_cache.json`; only read.
///
/// Entries are found by their fields, because the names of entries differ between versions of MSAL.
package struct TokenCache: Sendable {
  private let json: StrictJSON

  /// Reads the file; nil if it is torn, encrypted or no such file.
  package init?(_ bytes: [UInt8]) {
    guard let json = try? StrictJSON(parsing: VendorText.withoutMark(bytes)), json.members != nil
    else { return nil }
    self.json = json
  }

  /// Whose token is wanted, and for what.
  package struct Wanted: Sendable {
    /// The name that the person signed in with.
    package var person: String
    package var tenant: String
    /// The hosts of the cloud.
    package var hosts: [String]
    package var server: ServerApplication

    /// Puts it together.
    package init(person: String, tenant: String, hosts: [String], server: ServerApplication) {
      self.person = person
      self.tenant = tenant
      self.hosts = hosts
      self.server = server
    }
  }

  /// What the cache has for somebody.
  package enum Found: Sendable, Equatable {
    /// An access token with more than the wanted seconds left.
    case token(EntraToken)
    /// A refresh token, and the account that it is of.
    case refreshToken(Secret, account: String)
    /// Nobody of that name, or nothing that can be used.
    case nothing
  }

  /// Looks for an access token that is good for more than so many seconds, else for a refresh token.
  package func find(_ wanted: Wanted, enough: Double, now: Date) -> Found {
    let homes = accounts(wanted)
    let end = now.addingTimeInterval(enough)
    let tokens = entries("AccessToken").compactMap { entry -> EntraToken? in
      guard isOf(entry, homes, wanted), entry["client_id"]?.string == ServerApplication.azureCLI,
        same(entry["realm"], wanted.tenant), serves(entry, wanted.server),
        (entry["token_type"]?.string ?? "Bearer").lowercased() == "bearer"
      else { return nil }
      return token(entry)
    }
    if let best = tokens.filter({ $0.expiry > end }).max(by: { $0.expiry < $1.expiry }) {
      return .token(best)
    }
    let candidates = entries("RefreshToken").compactMap { refreshToken($0, homes, wanted) }
    let best = candidates.max { $0.rank < $1.rank }
    return best.map { .refreshToken($0.secret, account: $0.home) } ?? .nothing
  }

  /// A refresh token that may serve: better is one of an account that the tenant knows, and then the newest.
  private struct Candidate {
    let secret: Secret
    let home: String
    let isMember: Bool
    let written: Int64

    var rank: (Int, Int64) { (isMember ? 1 : 0, written) }
  }

  private func refreshToken(
    _ entry: StrictJSON,
    _ homes: [String: Bool],
    _ wanted: Wanted
  ) -> Candidate? {
    let isOurs = entry["client_id"]?.string == ServerApplication.azureCLI
    guard isOf(entry, homes, wanted), isOurs || entry["family_id"]?.string == "1",
      let home = entry["home_account_id"]?.string, let secret = secret(entry)
    else { return nil }
    return Candidate(
      secret: secret,
      home: home,
      isMember: homes[home] == true,
      written: EntraAnswer.number(entry["last_modification_time"]) ?? 0
    )
  }

  /// The accounts of a name, and whether the wanted tenant knows each: a person may have several under one name, whose
  /// case does not matter.
  private func accounts(_ wanted: Wanted) -> [String: Bool] {
    var homes: [String: Bool] = [:]
    for entry in entries("Account") {
      guard same(entry["username"], wanted.person), isAt(entry, wanted.hosts),
        let home = entry["home_account_id"]?.string
      else { continue }
      homes[home] = homes[home] == true || same(entry["realm"], wanted.tenant)
    }
    return homes
  }

  private func entries(_ section: String) -> [StrictJSON] {
    let members = json[section]?.members ?? [:]
    return members.sorted { $0.key < $1.key }.map(\.value)
  }

  private func isOf(_ entry: StrictJSON, _ homes: [String: Bool], _ wanted: Wanted) -> Bool {
    guard let home = entry["home_account_id"]?.string, homes[home] != nil else { return false }
    return isAt(entry, wanted.hosts)
  }

  private func isAt(_ entry: StrictJSON, _ hosts: [String]) -> Bool {
    entry["environment"]?.string.map { hosts.contains($0.lowercased()) } ?? false
  }

  private func same(_ value: StrictJSON?, _ text: String) -> Bool {
    value?.string?.lowercased() == text.lowercased()
  }

  /// Whether one of the scopes is of the server application.
  private func serves(_ entry: StrictJSON, _ server: ServerApplication) -> Bool {
    let scopes = entry["target"]?.string?.lowercased().split(separator: " ") ?? []
    return scopes.contains(Substring(server.scope.lowercased()))
  }

  private func secret(_ entry: StrictJSON) -> Secret? {
    entry["secret"]?.string.flatMap { VendorText.token(Array($0.utf8)) }.map { Secret($0) }
  }

  private func token(_ entry: StrictJSON) -> EntraToken? {
    guard let secret = secret(entry), let end = EntraAnswer.number(entry["expires_on"]),
      (0...100_000_000_000).contains(end)
    else { return nil }
    return EntraToken(token: secret, expiry: Date(timeIntervalSince1970: Double(end)))
  }
}
