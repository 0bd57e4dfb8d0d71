// SPDX-License-Identifier: Apache-2.0

import OAuth
import Synchronization

/// The part of a login that begins when the person has the address: waits for the answer, at the listener or at the
/// terminal, and turns it into a session while the browser still waits for its page.
struct BrowserLogin: Sendable {
  let login: Login
  let metadata: ProviderMetadata
  let authorization: AuthorizationRequest
  let redirectURI: String
  let binding: DPoPBinding?
  let pages: RedirectPages

  private var effects: Effects { login.effects }

  typealias Ended = Result<Session, CredentialsError>

  /// The session; throws why there is none, `loginNeeded` if nobody logged in within the time.
  func session(
    from listener: RedirectListener,
    _ receiver: RedirectReceiver
  ) async throws(CredentialsError) -> Session {
    let ended: Ended?
    do {
      ended = try await Race(seconds: Numbers.login, effects).first(
        { try await atListener(listener, receiver) },
        { try await atTerminal() }
      )
    } catch {
      throw CredentialsError(
        .loginNeeded,
        "the login was interrupted",
        remedy: "log in again",
        cause: error
      )
    }
    guard let ended else {
      throw CredentialsError(
        .loginNeeded,
        "nobody logged in within \(Int(Numbers.login / 60)) minutes",
        remedy: "log in again"
      )
    }
    return try ended.get()
  }

  private func atListener(
    _ listener: RedirectListener,
    _ receiver: RedirectReceiver
  ) async throws -> Ended {
    let ended = Kept()
    try await listener.serve(receiver) { outcome in
      let result = await conclude(outcome)
      ended.result.withLock { $0 = result }
      return page(for: outcome, result)
    }
    guard let result = ended.result.withLock({ $0 }) else { throw CancellationError() }
    return result
  }

  /// What the person pastes, until it is an answer; nil if nobody can paste anything.
  private func atTerminal() async throws -> Ended? {
    guard login.audience.canAnswer else { return nil }
    let pasted = PastedRedirect(
      request: authorization,
      issuer: login.request.issuer,
      issRequired: metadata.sendsIssuerInRedirect
    )
    while let line = try await effects.ask("", true) {
      do throws(OAuthError) {
        return await conclude(try pasted.outcome(of: line))
      } catch {
        effects.tell(error.what)
        effects.tell("  \(error.remedy)")
      }
    }
    return nil
  }

  private func conclude(_ outcome: RedirectOutcome) async -> Ended {
    var exchange = GrantExchange(calls: login.calls(metadata), binding: binding)
    do throws(CredentialsError) {
      let tokens = try await login.redeem(
        .authorizationCode(
          code: try code(of: outcome),
          verifier: authorization.verifier,
          redirectURI: redirectURI
        ),
        &exchange
      )
      return .success(
        try await login.accept(
          tokens,
          metadata,
          nonce: authorization.nonce,
          exchange
        )
      )
    } catch {
      return .failure(error)
    }
  }

  private func code(of outcome: RedirectOutcome) throws(CredentialsError) -> Secret {
    switch outcome {
    case .code(let code): return code
    case .refused(let error, let description):
      let words = [error, description].compactMap { $0 }.joined(separator: ": ")
      throw CredentialsError(
        .refused,
        "the issuer refused the login: \(words)",
        remedy: "log in as somebody who may use this client, or ask whoever runs the issuer"
      )
    case .fault(let error): throw CredentialsError(error)
    }
  }

  private func page(for outcome: RedirectOutcome, _ ended: Ended) -> FinalPage {
    switch (outcome, ended) {
    case (.refused(let error, let description), _):
      FinalPage(pages, .refusal(error, description))
    case (.fault, _): FinalPage(pages, .fault)
    case (.code, .success(let session)):
      FinalPage(pages, .loggedIn, person: session.summary.name ?? session.summary.subject)
    case (.code, .failure(let error)): FinalPage(pages, .failed, reason: error.what)
    }
  }
}

/// How a login ended, on its way out of the listener.
private final class Kept: Sendable {
  let result = Mutex<BrowserLogin.Ended?>(nil)
}
