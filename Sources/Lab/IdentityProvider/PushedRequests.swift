// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Whether a switchable part of the issuer is there (PAR, DPoP).
package enum Availability: String, Sendable, CaseIterable {
  case off
  case offered
  case required
}

extension IdentityProvider {
  /// The life of a pushed request in seconds (RFC 9126 §2.2).
  static let pushedRequestLifetime = 60

  /// `POST /par` (RFC 9126 §2): keeps an authorization request of an authenticated client.
  func pushedAuthorizationRequest(_ exchange: Exchange) async throws -> Response {
    guard options.pushedRequests != .off else { return .nothingHere }
    let client = try await authenticatedClient(exchange)
    guard exchange.fields["request_uri"] == nil else {
      throw OAuthRefusal(
        code: "invalid_request",
        description: "a pushed request has no request_uri"
      )
    }
    guard let redirectURI = exchange.fields["redirect_uri"],
      client.allows(redirectURI: redirectURI)
    else {
      throw OAuthRefusal(code: "invalid_request", description: "redirect_uri is not the client's")
    }
    if let (error, description) = Self.flaw(in: exchange.fields) {
      throw OAuthRefusal(code: error, description: description)
    }
    let now = clock.now
    let expires = now.addingTimeInterval(Double(Self.pushedRequestLifetime))
    var fields = exchange.fields
    if let key = try await proofKey(exchange) { fields = fields.replacing("dpop_jkt", with: key) }
    let uri = await state.push(fields, client: client.id, expires: expires, now: now)
    record(.pushedRequest, exchange)
    return .json(
      .object(
        exchange.plan.edited([
          "request_uri": .string(uri), "expires_in": .int(Self.pushedRequestLifetime),
        ])
      ),
      status: .created
    )
  }

  /// The parameters of an authorization request, wherever they are; nil with the reason when the
  /// pushed request is not there or had to be.
  func authorizationFields(_ exchange: Exchange) async -> (fields: FormFields?, problem: String) {
    guard let uri = exchange.fields["request_uri"] else {
      return options.pushedRequests == .required
        ? (nil, "the request was not pushed, as it must be here") : (exchange.fields, "")
    }
    let pushed = await state.takePushed(
      uri,
      client: exchange.fields["client_id"] ?? "",
      now: clock.now
    )
    return (pushed, "unknown, spent or expired request_uri")
  }
}
