// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth
import Synchronization

/// The part of a sign-in that begins when the person has the address: waits for the answer, at the listener or at the
/// terminal, and redeems it while the browser still waits for its page.
struct BrowserSignIn: Sendable {
  /// Seconds that a person has: those of the AWS CLI.
  static let patience = 600.0

  /// Exchanges the code, and keeps what it gives.
  typealias Redeem = @Sendable (_ code: Secret) async throws(CloudError) -> SignedIn
  typealias Ended = Result<SignedIn, CloudError>

  let request: AuthorizationCode
  let pages: RedirectPages
  let effects: CloudEffects
  let signIn: SignInEffects
  let redeem: Redeem

  /// Shows the address, opened in a browser if `opens`, and gives what the sign-in gave.
  ///
  /// Throws ``CloudError/Code/refused`` if the service said no, and ``CloudError/Code/loginNeeded`` if nobody signed in
  /// within ten minutes.
  func signedIn(
    at listener: SignInListener,
    opens: Bool
  ) async throws(CloudError) -> SignedIn {
    announce(opens: opens)
    let ended: Ended?
    do {
      ended = try await first(listener)
    } catch {
      throw CloudError(
        .loginNeeded,
        "the login was interrupted",
        remedy: "log in again",
        cause: error
      )
    }
    guard let ended else {
      throw CloudError(
        .loginNeeded,
        "nobody signed in within \(Int(Self.patience / 60)) minutes",
        remedy: "log in again"
      )
    }
    return try ended.get()
  }

  private func announce(opens: Bool) {
    let opened = opens && signIn.openBrowser(request.url)
    effects.tell(
      opened
        ? "sign in in the browser that has opened, or open this address yourself:"
        : "open this address in a browser on this machine to sign in:"
    )
    effects.tell("  \(request.url)")
    guard signIn.canAnswer else { return }
    effects.tell("if that browser is on another machine, paste here the address that it ends at")
  }

  private enum Event: Sendable {
    case ended(Ended)
    case nothing
    case late
  }

  /// The first answer; nil when the time is over.
  private func first(_ listener: SignInListener) async throws -> Ended? {
    try await withThrowingTaskGroup(of: Event.self) { group in
      group.addTask { .ended(try await atListener(listener)) }
      group.addTask { try await atTerminal() }
      group.addTask {
        try await effects.pause(Self.patience)
        return .late
      }
      defer { group.cancelAll() }
      while let event = try await group.next() {
        switch event {
        case .ended(let ended): return ended
        case .late: return nil
        case .nothing: continue
        }
      }
      return nil
    }
  }

  private func atListener(_ listener: SignInListener) async throws -> Ended {
    let receiver = RedirectReceiver(
      path: AuthorizationCode.path,
      hosts: listener.hosts,
      state: request.state,
      issuer: nil,
      issRequired: false,
      pages: pages
    )
    let result = Kept()
    try await listener.serve(receiver) { outcome in
      let ended = await conclude(outcome)
      result.ended.withLock { $0 = ended }
      return page(for: outcome, ended)
    }
    guard let ended = result.ended.withLock({ $0 }) else { throw CancellationError() }
    return ended
  }

  /// What the person pastes, until it is an answer.
  private func atTerminal() async throws -> Event {
    guard signIn.canAnswer else { return .nothing }
    let pasted = PastedRedirect(state: request.state, redirectURI: request.redirectURI)
    while let line = try await signIn.ask("") {
      do throws(OAuthError) {
        return .ended(await conclude(try pasted.outcome(of: line)))
      } catch {
        effects.tell(error.what)
        effects.tell("  \(error.remedy)")
      }
    }
    return .nothing
  }

  private func conclude(_ outcome: RedirectOutcome) async -> Ended {
    do throws(CloudError) {
      return .success(try await redeem(try code(of: outcome)))
    } catch {
      return .failure(error)
    }
  }

  private func code(of outcome: RedirectOutcome) throws(CloudError) -> Secret {
    switch outcome {
    case .code(let code): return code
    case .refused(let error, let description):
      let words = [error, description].compactMap(\.self).joined(separator: ": ")
      throw CloudError(
        .refused,
        "AWS refused the sign-in: \(words)",
        remedy: "sign in again and allow it, or ask the organization's administrator"
      )
    case .fault(let error):
      throw CloudError(.refused, error.what, remedy: error.remedy, cause: error)
    }
  }

  private func page(for outcome: RedirectOutcome, _ ended: Ended) -> SignInPage {
    switch (outcome, ended) {
    case (.refused(let error, let description), _):
      SignInPage(pages, .refusal(error, description))
    case (.fault, _): SignInPage(pages, .fault)
    case (.code, .success(let signedIn)):
      SignInPage(pages, .loggedIn, person: signedIn.person)
    case (.code, .failure(let error)): SignInPage(pages, .failed, reason: error.what)
    }
  }
}

/// How a sign-in ended, on its way out of the listener.
private final class Kept: Sendable {
  let ended = Mutex<BrowserSignIn.Ended?>(nil)
}
