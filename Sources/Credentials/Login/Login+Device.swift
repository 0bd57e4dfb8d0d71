// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth

extension Login {
  // MARK: device code (RFC 8628)

  func withDevice(_ metadata: ProviderMetadata) async throws(CredentialsError) -> Session {
    let device = try await deviceAuthorization(metadata)
    show(device)
    let start = GrantExchange(calls: calls(metadata), binding: try newBinding(metadata))
    let approved: Approved
    do {
      approved = try await withThrowingTaskGroup(of: Approved?.self) { group in
        group.addTask { try await waitForApproval(device, start) }
        if audience.canAnswer, audience.display {
          group.addTask { try await openOnEnter(device) }
        }
        defer { group.cancelAll() }
        while let approved = try await group.next() {
          if let approved { return approved }
        }
        throw CancellationError()
      }
    } catch let error as CredentialsError {
      throw error
    } catch {
      throw CredentialsError(.loginNeeded, "the login was interrupted", remedy: "log in again")
    }
    var exchange = approved.exchange
    let tokens = try await withIDToken(approved.tokens, &exchange)
    return try await accept(tokens, metadata, nonce: nil, exchange)
  }

  /// The tokens of an approved device, and the exchange that gave them.
  private struct Approved: Sendable {
    let tokens: TokenResponse
    let exchange: GrantExchange
  }

  /// Some issuers give a device no ID token, but give one with a refresh (seen at django-allauth).
  private func withIDToken(
    _ tokens: TokenResponse,
    _ exchange: inout GrantExchange
  ) async throws(CredentialsError) -> TokenResponse {
    guard tokens.idToken == nil, let refreshToken = tokens.refreshToken else { return tokens }
    effects.trace("the issuer gave the device no ID token; asking for one with the refresh token")
    var renewed = try await redeem(
      .refreshToken(refreshToken, scopes: exchange.calls.scopes),
      &exchange
    )
    if renewed.refreshToken == nil { renewed.refreshToken = refreshToken }
    return renewed
  }

  private func show(_ device: DeviceAuthorization) {
    let preset = request.manner.provider.flatMap { try? ProviderPreset.named($0) }
    if case .limited(let condition)? = preset?.deviceFlow { effects.tell(condition) }
    let complete = device.verificationURIComplete?.text
    if audience.canAnswer { effects.showQRCode(complete ?? device.verificationURI.text) }
    effects.tell(
      "open \(device.verificationURI.text) on any device and enter the code \(device.userCode)"
    )
    if let complete { effects.tell("  or open \(complete)") }
    effects.tell(
      "  within \(max(device.expiresIn / 60, 1)) min, and only if you started this login"
    )
    if audience.canAnswer, audience.display {
      effects.tell("press Enter to open it in a browser on this machine")
    }
  }

  /// Gives nothing; the approval is what is waited for.
  @Sendable
  private func openOnEnter(_ device: DeviceAuthorization) async throws -> Approved? {
    guard try await effects.ask("", true) != nil else { return nil }
    _ = effects.openBrowser((device.verificationURIComplete ?? device.verificationURI).text)
    return nil
  }

  private func waitForApproval(
    _ device: DeviceAuthorization,
    _ start: GrantExchange
  ) async throws -> Approved {
    let began = effects.uptime()
    var exchange = start
    var polling = DevicePolling(
      interval: device.interval,
      expiresIn: device.expiresIn,
      host: request.issuer.host
    )
    var event = DevicePolling.Event.started
    while true {
      switch polling.next(event, elapsed: Int(effects.uptime() - began)) {
      case .wait(let seconds):
        try await effects.pause(Double(seconds))
        event = .waited
      case .poll: event = try await poll(device, &exchange)
      case .done(let tokens), .withoutIDToken(let tokens, _):
        return Approved(tokens: tokens, exchange: exchange)
      case .failed(let error): throw CredentialsError(error)
      }
    }
  }

  /// One poll; what cannot get better by waiting is thrown.
  private func poll(
    _ device: DeviceAuthorization,
    _ exchange: inout GrantExchange
  ) async throws(CredentialsError) -> DevicePolling.Event {
    do {
      return .answered(try await send(.deviceCode(device.deviceCode), &exchange))
    } catch {
      if case .unanswered(let failure) = error { return .failed(failure) }
      throw CredentialsError(error, fetching: "the tokens", from: request.issuer.host)
    }
  }

  private func deviceAuthorization(
    _ metadata: ProviderMetadata
  ) async throws(CredentialsError) -> DeviceAuthorization {
    let answer: HTTPAnswer
    do {
      let call = try calls(metadata).deviceAuthorization()
      answer = try await effects.sender(request.trust)(call)
      try refuseWrongConfiguration(answer)
      return try DeviceAuthorization(answer, issuer: request.issuer)
    } catch {
      throw CredentialsError(error, fetching: "a device code", from: request.issuer.host)
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
      remedy: CredentialsError.remedy(of: why) ?? "check the client id, its secret and the scopes"
    )
  }
}
