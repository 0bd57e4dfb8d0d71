// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SSOSignIn {
  // MARK: device code (RFC 8628)

  func withDevice() async throws(CloudError) -> SignedIn {
    let client = try await SSORegistration(session: session, base: base, effects: effects)
      .client(for: .device)
    let device = try await begin(client)
    show(device)
    let grant = try await approved(device, client)
    return try await keep(grant, client)
  }

  private func begin(_ client: SSOClient) async throws(CloudError) -> SSODevice {
    let answer = try await Asking(effects: effects).send(
      SSODevice.call(base, client, startURL: session.startURL),
      for: "a code for the sign-in",
      from: base
    )
    do throws(AWSRefusal) {
      return try SSODevice(answer, from: base, now: effects.now())
    } catch {
      throw error.error(
        from: base.host,
        remedy: "check sso_start_url and sso_region in the profile"
      )
    }
  }

  private func show(_ device: SSODevice) {
    let complete = device.verificationURIComplete.text
    let opened = signIn.way == .browser && signIn.openBrowser(complete)
    if !opened, signIn.canAnswer { signIn.showQRCode(complete) }
    effects.tell(
      opened
        ? "sign in in the browser that has opened, if it shows the code \(device.userCode)"
        : "open \(device.verificationURI.text) on any device and enter the code \(device.userCode)"
    )
    effects.tell("  or open \(complete)")
    effects.tell(
      "  within \(max(device.expiresIn / 60, 1)) min, and only if you started this login"
    )
  }

  /// Polls until the person has decided.
  private func approved(
    _ device: SSODevice,
    _ client: SSOClient
  ) async throws(CloudError) -> SSOGrant {
    let began = signIn.uptime()
    var polling = DevicePolling(
      interval: device.interval,
      expiresIn: device.expiresIn,
      host: base.host
    )
    var event = DevicePolling.Event.started
    while true {
      switch polling.next(event, elapsed: Int(signIn.uptime() - began)) {
      case .wait(let seconds):
        try await pause(seconds)
        event = .waited
      case .poll:
        switch await poll(device, client) {
        case .granted(let grant): return grant
        case .pending(let next): event = next
        }
      case .failed(let error):
        throw CloudError(
          error.isTemporary ? .temporary : .refused,
          error.what,
          remedy: error.remedy,
          cause: error
        )
      case .done, .withoutIDToken:
        throw CloudError(.failed, "the sign-in gave no token", remedy: "sign in again")
      }
    }
  }

  private func pause(_ seconds: Int) async throws(CloudError) {
    do {
      try await effects.pause(Double(seconds))
    } catch {
      throw CloudError(.loginNeeded, "the login was interrupted", remedy: "log in again")
    }
  }

  private enum Poll {
    case granted(SSOGrant)
    case pending(DevicePolling.Event)
  }

  private func poll(_ device: SSODevice, _ client: SSOClient) async -> Poll {
    let call = SSOCall.token(
      base,
      client,
      SSORegistration.Flow.device.rawValue,
      ["deviceCode": .string(device.deviceCode.expose())]
    )
    let answer: HTTPAnswer
    do throws(TransportFailure) {
      answer = try await effects.send(TransportTrust(authorities: []), call)
    } catch {
      return .pending(.failed(error))
    }
    do throws(AWSRefusal) {
      return .granted(try SSOAnswer.grant(answer, now: effects.now()))
    } catch {
      return .pending(.answered(SSODevice.outcome(error)))
    }
  }
}
