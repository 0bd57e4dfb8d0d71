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
  let request: CredentialRequest
  let listenAddresses: [String]
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

  /// Logs in; throws when the person refuses, the time runs out or the tokens fail their verdict.
  func run(
    _ way: LoginWay,
    _ metadata: ProviderMetadata
  ) async throws(CredentialsError) -> Session {
    switch way {
    case .browser: return try await withBrowser(metadata, opensBrowser: true)
    case .device: return try await withDevice(metadata)
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

  // MARK: authorization code (RFC 6749 §4.1, RFC 8252, PKCE S256)

  private func withBrowser(
    _ metadata: ProviderMetadata,
    opensBrowser: Bool
  ) async throws(CredentialsError) -> Session {
    let listener: RedirectListener
    do {
      listener = try await effects.listen(listenAddresses)
    } catch {
      throw CredentialsError(
        .failed,
        error.what,
        remedy: "free the port, or give another with --listen-address"
      )
    }
    let redirectURI = "http://\(listener.host):\(listener.port)/"
    let authorization = try authorization(metadata, redirectURI)
    announce(authorization.url, opensBrowser: opensBrowser)
    let receiver = RedirectReceiver(
      hosts: listener.hosts,
      state: authorization.state,
      issuer: request.issuer,
      issRequired: metadata.sendsIssuerInRedirect,
      loginPage: metadata.authorizationEndpoint,
      pages: RedirectPages(issuerHost: request.issuer.host, clientID: request.clientID)
    )
    let code = try await code(from: listener, receiver)
    let tokens = try await exchange(
      request.tokenEndpoint(metadata).call(
        for: .authorizationCode(
          code: code,
          verifier: authorization.verifier,
          redirectURI: redirectURI
        )
      )
    )
    return try await accept(tokens, metadata, nonce: authorization.nonce)
  }

  private func announce(_ url: String, opensBrowser: Bool) {
    let opened = opensBrowser && effects.openBrowser(url)
    effects.tell(
      opened
        ? "log in in the browser that has opened, or open this address yourself:"
        : "open this address in a browser on this machine to log in:"
    )
    effects.tell("  \(url)")
  }

  private func authorization(
    _ metadata: ProviderMetadata,
    _ redirectURI: String
  ) throws(CredentialsError) -> AuthorizationRequest {
    do {
      return try AuthorizationRequest(
        metadata: metadata,
        parameters: AuthorizationRequest.Parameters(
          clientID: request.clientID,
          redirectURI: redirectURI,
          scopes: request.scopes,
          audience: request.audience
        ),
        randomness: AuthorizationRequest.Randomness(
          state: effects.random(32),
          nonce: effects.random(32),
          verifier: effects.random(32)
        )
      )
    } catch {
      throw CredentialsError(error)
    }
  }

  private func code(
    from listener: RedirectListener,
    _ receiver: RedirectReceiver
  ) async throws(CredentialsError) -> Secret {
    let outcome: RedirectReceiver.Outcome?
    do {
      outcome = try await withDeadline(Numbers.login, effects) {
        try await listener.serve(receiver)
      }
    } catch {
      throw CredentialsError(
        .loginNeeded,
        "the login was interrupted",
        remedy: "log in again",
        cause: error
      )
    }
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
    case nil:
      throw CredentialsError(
        .loginNeeded,
        "nobody logged in within \(Int(Numbers.login / 60)) minutes",
        remedy: "log in again"
      )
    }
  }

  // MARK: device code (RFC 8628)

  private func withDevice(_ metadata: ProviderMetadata) async throws(CredentialsError) -> Session {
    let device = try await deviceAuthorization(metadata)
    effects.tell(
      "open \(device.verificationURI.text) on any device and enter the code \(device.userCode)"
    )
    if let complete = device.verificationURIComplete { effects.tell("  or open \(complete.text)") }
    effects.tell(
      "  within \(max(device.expiresIn / 60, 1)) min, and only if you started this login"
    )
    let start = effects.uptime()
    var polling = DevicePolling(
      interval: device.interval,
      expiresIn: device.expiresIn,
      host: request.issuer.host
    )
    var event = DevicePolling.Event.started
    while true {
      switch polling.next(event, elapsed: Int(effects.uptime() - start)) {
      case .wait(let seconds):
        do {
          try await effects.pause(Double(seconds))
        } catch {
          throw CredentialsError(.loginNeeded, "the login was interrupted", remedy: "log in again")
        }
        event = .waited
      case .poll: event = await poll(device, metadata)
      case .done(let tokens): return try await accept(tokens, metadata, nonce: nil)
      case .withoutIDToken(_, let error), .failed(let error): throw CredentialsError(error)
      }
    }
  }

  private func deviceAuthorization(
    _ metadata: ProviderMetadata
  ) async throws(CredentialsError) -> DeviceAuthorization {
    let answer: HTTPAnswer
    do {
      let endpoint = try metadata.require(
        metadata.deviceAuthorizationEndpoint,
        for: "logins by device code"
      )
      let call = try DeviceAuthorization.call(
        at: endpoint,
        clientID: request.clientID,
        authentication: request.tokenEndpoint(metadata).authentication,
        scopes: request.scopes,
        audience: request.audience
      )
      answer = try await effects.sender(request.authorities)(call)
      try refuseWrongConfiguration(answer)
      return try DeviceAuthorization(answer, issuer: request.issuer)
    } catch let error as CredentialsError {
      throw error
    } catch let error as OAuthError {
      throw CredentialsError(error)
    } catch let failure as TransportFailure {
      throw CredentialsError(
        OAuthError(failure, fetching: "a device code", from: request.issuer.host)
      )
    } catch {
      throw CredentialsError(.failed, "no device code", remedy: "log in again", cause: error)
    }
  }

  /// Tells a client or scope that the issuer does not know from a refusal, by the table of renewals.
  private func refuseWrongConfiguration(_ answer: HTTPAnswer) throws(CredentialsError) {
    let outcome = TokenOutcome(answer, now: effects.now())
    guard answer.status >= 400,
      case .configuration(let why) = Classification.judge(outcome, issuer: nil)
    else { return }
    throw CredentialsError(
      .configuration,
      why,
      remedy: "check the client id, its secret and the scopes"
    )
  }

  private func poll(
    _ device: DeviceAuthorization,
    _ metadata: ProviderMetadata
  ) async -> DevicePolling.Event {
    let call = request.tokenEndpoint(metadata).call(for: .deviceCode(device.deviceCode))
    do {
      let answer = try await effects.sender(request.authorities)(call)
      return .answered(TokenOutcome(answer, now: effects.now()))
    } catch {
      return .failed(error)
    }
  }

  // MARK: tokens

  private func exchange(_ call: HTTPCall) async throws(CredentialsError) -> TokenResponse {
    let outcome: TokenOutcome
    do {
      outcome = TokenOutcome(
        try await effects.sender(request.authorities)(call),
        now: effects.now()
      )
    } catch {
      throw CredentialsError(
        OAuthError(error, fetching: "the tokens", from: request.issuer.host)
      )
    }
    switch outcome {
    case .tokens(let tokens): return tokens
    default:
      let verdict = Classification.judge(outcome, issuer: nil)
      switch verdict {
      case .configuration(let why):
        throw CredentialsError(
          .configuration,
          why,
          remedy: "check the client id, its secret and the scopes"
        )
      case .temporary(let why, _), .unknown(let why):
        throw CredentialsError(.temporary, why, remedy: "log in again in a moment")
      case .dead(let why), .refused(let why):
        throw CredentialsError(.refused, "the login failed: \(why)", remedy: "log in again")
      case nil: throw CredentialsError(.failed, "the login failed", remedy: "log in again")
      }
    }
  }

  private func accept(
    _ tokens: TokenResponse,
    _ metadata: ProviderMetadata,
    nonce: String?
  ) async throws(CredentialsError) -> Session {
    try Acceptance.checkType(of: tokens)
    guard let idToken = tokens.idToken else {
      throw CredentialsError(
        .configuration,
        "the issuer gave no ID token",
        remedy: "check that the client may use OpenID Connect (scope openid)"
      )
    }
    let received = effects.now()
    let expectation = IDTokenExpectation(
      issuer: request.issuer,
      clientID: request.clientID,
      nonce: nonce.map { .exactly($0) } ?? .none,
      accessToken: tokens.accessToken,
      previousSubject: nil,
      now: received,
      skew: Numbers.skew
    )
    let verdict = try await judge(idToken, against: expectation, metadata)
    return Session(
      summary: try summary(verdict, tokens, received: received, nonce: nonce),
      refreshToken: tokens.refreshToken,
      idToken: idToken,
      accessToken: tokens.accessToken
    )
  }

  private func judge(
    _ token: Secret,
    against expectation: IDTokenExpectation,
    _ metadata: ProviderMetadata
  ) async throws(CredentialsError) -> IDTokenVerdict {
    do {
      return try await documents.judge(
        token,
        against: expectation,
        metadata: metadata,
        fresh: true
      )
    } catch {
      throw CredentialsError(error)
    }
  }

  private func summary(
    _ verdict: IDTokenVerdict,
    _ tokens: TokenResponse,
    received: Date,
    nonce: String?
  ) throws(CredentialsError) -> Session.Summary {
    let claims = try Acceptance.claims(of: verdict)
    return Session.Summary(
      issuer: request.issuer.text,
      clientID: request.clientID,
      account: request.account,
      subject: claims.subject,
      name: claims.preferredUsername ?? claims.email ?? claims.name,
      authoritiesDigest: request.authoritiesDigest,
      loggedIn: received,
      state: .active,
      renewable: tokens.refreshToken != nil,
      nonce: nonce,
      idTimes: try Acceptance.times(of: verdict, received: received),
      accessTimes: tokens.accessToken == nil
        ? nil : Acceptance.accessTimes(tokens, received: received),
      intent: nil,
      uncertain: false,
      outage: nil,
      rejectionRenewed: nil
    )
  }
}

/// Runs the work, and gives nil if it takes longer than so many seconds.
private func withDeadline<Result: Sendable>(
  _ seconds: Double,
  _ effects: Effects,
  _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
  try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await effects.pause(seconds)
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
}
