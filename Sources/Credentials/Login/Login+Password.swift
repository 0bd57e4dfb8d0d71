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
    return try await accept(tokens, metadata, nonce: nil, exchange)
  }

  private func readPassword(_ username: String) async throws(CredentialsError) -> Secret {
    if let password { return try await password() }
    return try await typed(
      "password of \(username) at \(request.issuer.host): ",
      otherwise: "name --password-file or --password-env"
    )
  }

  // MARK: secrets that are typed

  /// Asks for the client's secret if its method needs one that is named nowhere, and uses it from then on.
  ///
  /// nil: none is needed. It goes into the session, because renewals need it as well.
  mutating func askForClientSecret() async throws(CredentialsError) -> Secret? {
    guard request.client.lacksSecret else { return nil }
    let secret = try await typed(
      "secret of the client \(request.client.id) at \(request.issuer.host): ",
      otherwise: "name --client-secret-file or --client-secret-env"
    )
    request.client.secret = secret
    return secret
  }

  private func typed(
    _ question: String,
    otherwise remedy: String
  ) async throws(CredentialsError) -> Secret {
    let line: String?
    do {
      line = audience.canAnswer ? try await answer(to: question) : nil
    } catch {
      throw CredentialsError(.loginNeeded, "the login was interrupted", remedy: "log in again")
    }
    guard let line, !line.isEmpty else {
      throw CredentialsError(
        .loginNeeded,
        "a secret is needed that nobody has typed",
        remedy: "type it at a terminal, or \(remedy)"
      )
    }
    return Secret(line)
  }

  /// Others wait for this login, so that a question that nobody answers must end like any other.
  private func answer(to question: String) async throws -> String? {
    let race = Race(seconds: Numbers.login, effects)
    let line = try await race.first({ try await effects.ask(question, false) }, { nil })
    return line ?? nil
  }
}
