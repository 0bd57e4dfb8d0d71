// SPDX-License-Identifier: Apache-2.0

import OAuth

extension Login {
  // MARK: password (RFC 6749 §4.3), legacy

  func withPassword(_ metadata: ProviderMetadata) async throws(CredentialsError) -> Session {
    guard let username = request.username else {
      throw CredentialsError(
        .configuration,
        "there is no user whose password could be sent",
        remedy: "name one: --username"
      )
    }
    let secret = try await readPassword(username)
    var exchange = GrantExchange(calls: calls(metadata), binding: try newBinding(metadata))
    let tokens = try await redeem(
      .password(username: username, password: secret, scopes: exchange.calls.scopes),
      &exchange
    )
    return try await accept(tokens, metadata, nonce: nil, binding: exchange.binding)
  }

  private func readPassword(_ username: String) async throws(CredentialsError) -> Secret {
    if let password { return try await password() }
    let typed: String?
    do {
      typed = try await effects.ask(
        "password of \(username) at \(request.issuer.host): ",
        false
      )
    } catch {
      throw CredentialsError(.loginNeeded, "the login was interrupted", remedy: "log in again")
    }
    guard let typed, !typed.isEmpty else {
      throw CredentialsError(
        .loginNeeded,
        "no password was given",
        remedy: "type it at a terminal, or name --password-file or --password-env"
      )
    }
    return Secret(typed)
  }
}
