// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Answers of an issuer, each read by everything that reads answers.
///
/// An input is three parts: the status, the `Retry-After` field (empty if there is none), and the
/// body after the second line end.
struct AnswersTarget: Sendable {
  static let shared = Result { try AnswersTarget() }

  let issuer: Issuer

  init() throws {
    issuer = try Issuer("https://issuer.test/realms/one")
  }

  func run(_ input: [UInt8]) throws(Breach) -> Bool {
    let parts = Lines.split(input, 2)
    let retryAfter = Lines.text(parts[1]) ?? ""
    let answer = HTTPAnswer(
      status: Lines.text(parts[0]).flatMap { Int($0) } ?? 200,
      headers: retryAfter.isEmpty ? [:] : [.retryAfter: retryAfter],
      body: parts[2] ?? []
    )
    let accepted = [
      try checkToken(answer), try checkDevice(answer), try checkPushed(answer),
      try checkMetadata(answer.body), try checkKeys(answer.body),
    ]
    return accepted.contains(true)
  }

  private func checkToken(_ answer: HTTPAnswer) throws(Breach) -> Bool {
    let outcome = TokenOutcome(answer, now: Date(timeIntervalSince1970: 1_700_000_000))
    try Breach.unlessShown(outcome.refusal(from: issuer.host))
    switch outcome {
    case .tokens(let tokens):
      try Breach.unless((200..<300).contains(answer.status), "tokens with a status that says no")
      try Breach.unless((0...315_360_000).contains(tokens.expiresIn ?? 0), "a life out of range")
      try Breach.unlessShown(tokens.refusedTokenType, as: "token_type")
      for token in [tokens.accessToken, tokens.idToken, tokens.refreshToken] {
        let bytes = token?.expose().utf8
        try Breach.unless(bytes?.isEmpty != true, "an empty token")
        try Breach.unless(
          bytes?.allSatisfy { (0x21...0x7E).contains($0) } != false,
          "a token that no header field can carry"
        )
      }
      return true
    case .error(_, let code, let description, let retryAfter):
      try Breach.unlessShown(code, as: "error")
      try Breach.unlessShown(description, as: "error_description")
      try Breach.unless((0...86_400).contains(retryAfter ?? 0), "a Retry-After out of range")
      return false
    case .garbled:
      return false
    }
  }

  private func checkDevice(_ answer: HTTPAnswer) throws(Breach) -> Bool {
    let device: DeviceAuthorization
    do throws(OAuthError) {
      device = try DeviceAuthorization(answer, issuer: issuer)
    } catch {
      try Breach.unlessShown(error)
      return false
    }
    try Breach.unless((1...60).contains(device.interval), "an interval out of range")
    try Breach.unless((0...1800).contains(device.expiresIn), "a device code's life out of range")
    try Breach.unlessShown(device.userCode, as: "user_code")
    try Breach.unless((1...64).contains(device.userCode.utf8.count), "a user_code of odd length")
    try checkEndpoint(device.verificationURI)
    try checkEndpoint(device.verificationURIComplete)
    return true
  }

  private func checkPushed(_ answer: HTTPAnswer) throws(Breach) -> Bool {
    let pushed: PushedAuthorization
    do throws(OAuthError) {
      pushed = try PushedAuthorization(answer, issuer: issuer)
    } catch {
      try Breach.unlessShown(error)
      return false
    }
    try Breach.unless(pushed.expiresIn > 0, "a pushed request that never could be used")
    try Breach.unlessShown(pushed.requestURI, as: "request_uri")
    return true
  }

  private func checkMetadata(_ body: [UInt8]) throws(Breach) -> Bool {
    let metadata: ProviderMetadata
    do throws(OAuthError) {
      metadata = try ProviderMetadata(parsing: body, issuer: issuer)
    } catch {
      try Breach.unlessShown(error)
      return false
    }
    try Breach.unless(metadata.issuer == issuer, "metadata of another issuer")
    try checkEndpoint(metadata.tokenEndpoint)
    try checkEndpoint(metadata.keysEndpoint)
    try checkEndpoint(metadata.authorizationEndpoint)
    try checkEndpoint(metadata.deviceAuthorizationEndpoint)
    try checkEndpoint(metadata.revocationEndpoint)
    try checkEndpoint(metadata.endSessionEndpoint)
    return true
  }

  private func checkKeys(_ body: [UInt8]) throws(Breach) -> Bool {
    let keys: KeySet
    do throws(OAuthError) {
      keys = try KeySet(parsing: body)
    } catch {
      try Breach.unlessShown(error)
      return false
    }
    try Breach.unless(keys.count + keys.skipped.count <= 100, "too many keys")
    for reason in keys.skipped { try Breach.unlessShown(reason, as: "the reason of a key") }
    return keys.count > 0
  }

  /// Where requests and browsers are sent: https, and nothing that a shell or a terminal minds.
  private func checkEndpoint(_ endpoint: Endpoint?) throws(Breach) {
    guard let endpoint else { return }
    try Breach.unless(endpoint.text.hasPrefix("https://"), "an endpoint that is not https")
    try Breach.unless(
      endpoint.text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x5C && $0 != 0x22 },
      "an endpoint with a character that URLs do not have"
    )
    try Breach.unless(!endpoint.host.isEmpty, "an endpoint without a host")
  }
}
