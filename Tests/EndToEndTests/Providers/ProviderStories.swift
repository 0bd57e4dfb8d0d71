// SPDX-License-Identifier: Apache-2.0

import Testing

/// What happens at every provider alike: each story is a test of its own at each of them.
enum ProviderStories {
  /// Authorization code and PKCE in a real browser, then the same token without one.
  static func logIn(_ desk: ProviderDesk) async throws -> String {
    let login = try await desk.logIn()
    try requireLogin(login)
    try #require(login.address.contains("code_challenge_method=S256"))
    return "logs in"
  }

  /// The same where the request is pushed (RFC 9126): the browser gets a reference to it and nothing else.
  static func logInPushed(_ desk: ProviderDesk) async throws -> String {
    let login = try await desk.logIn()
    try requireLogin(login)
    try #require(login.outcome.errors.contains("pushing the authorization request"))
    try #require(login.address.contains("request_uri="))
    for word in ["code_challenge", "redirect_uri", "state=", "scope"] {
      try #require(!login.address.contains(word), "\(login.address)")
    }
    return "logs in"
  }

  /// There is a token, and the page after the login says so.
  private static func requireLogin(_ login: ProviderDesk.Login) throws {
    try #require(login.outcome.status == 0, "\(login.outcome.errors)")
    try #require(login.page.contains("logged in"), "\(login.page)")
    try #require(try login.outcome.token.split(separator: ".").count == 3)
  }

  /// Three renewals, each with the refresh token that the one before gave.
  static func renewThrice(_ desk: ProviderDesk) async throws -> String {
    var tokens = [try await desk.loggedIn()]
    for _ in 1...3 {
      try await desk.untilExpired()
      let renewed = try await desk.getToken()
      try #require(renewed.status == 0, "\(renewed.errors)")
      tokens.append(try renewed.token)
    }
    try #require(Set(tokens).count == 4)
    return "three in a row, each with the refresh token of the one before"
  }

  /// A refresh token whose time is over.
  static func outlive(_ desk: ProviderDesk, answer: String) async throws -> String {
    try await desk.loggedIn()
    try await desk.untilRefreshTokenExpired()
    try await requireEnded(desk, answer: answer)
    return "exit 3: the issuer answers \(answer)"
  }

  /// A refresh token that was spent before; leaves the newest session in place, expired.
  static func replay(_ desk: ProviderDesk, answer: String) async throws {
    try await desk.loggedIn()
    try desk.save("spent")
    try await desk.untilExpired()
    let renewed = try await desk.getToken()
    try #require(renewed.status == 0, "\(renewed.errors)")
    try desk.save("newest")
    try await desk.untilExpired()
    try desk.restore("spent")
    try await requireEnded(desk, answer: answer)
    try desk.restore("newest")
  }

  /// Revocation by logout: the refresh token that was in the session works no more.
  static func revoke(_ desk: ProviderDesk, answer: String) async throws -> String {
    try await desk.loggedIn()
    try desk.save("revoked")
    let logout = try await desk.lanyard("logout")
    try #require(logout.status == 0, "\(logout.errors)")
    try #require(logout.errors.contains("logged out; the refresh token is revoked"))
    let after = try await desk.getToken()
    try #require(after.status == 3)
    try #require(after.errors.contains("nobody is logged in"))
    try desk.restore("revoked")
    try await desk.untilExpired()
    try await requireEnded(desk, answer: answer)
    return "logout revokes the refresh token"
  }

  /// The session has ended, the reason is the issuer's, and nothing is printed; also the second time.
  static func requireEnded(_ desk: ProviderDesk, answer: String) async throws {
    for _ in 1...2 {
      let ended = try await desk.getToken()
      try #require(ended.status == 3, "\(ended.errors)")
      try #require(ended.output.isEmpty)
      let reason = "the session has ended: the issuer answered \(answer)\n"
      try #require(ended.errors.contains(reason), "\(ended.errors)")
      try #require(ended.errors.contains("log in: lanyard login --issuer-url "))
    }
  }
}
