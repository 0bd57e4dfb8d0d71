// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The client that sign-ins at IAM Identity Center are made as: registered when first needed, and kept.
struct SSORegistration: Sendable {
  /// How its sign-ins are made; a client is registered for one way.
  enum Flow: String, Sendable, CaseIterable {
    case code = "authorization_code"
    case device = "urn:ietf:params:oauth:grant-type:device_code"
  }

  /// Seconds that a registration must last on, so that the sign-in made with it can be renewed for a while: a day.
  private static let enough = 86_400.0

  let session: SSOSession
  let base: Issuer
  let effects: CloudEffects

  /// The client for a way to sign in; throws what registering one throws.
  func client(for flow: Flow) async throws(CloudError) -> SSOClient {
    let register: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try await self.register(flow)
    }
    let kept = try await effects.kept(
      identity(flow),
      KeptTerms(enough: Self.enough),
      register
    )
    let members = (try? StrictJSON(parsing: kept.secret.expose().utf8))?.members
    guard let id = members?["clientId"]?.string, let secret = members?["clientSecret"]?.string
    else {
      throw CloudError(
        .failed,
        "the kept registration at IAM Identity Center cannot be read",
        remedy: "try again in a moment"
      )
    }
    return SSOClient(id: id, secret: Secret(secret), expiry: kept.expiry)
  }

  private func identity(_ flow: Flow) -> KeptIdentity {
    KeptIdentity(
      name: "AWS client registration at \(base.host)",
      parts: ["aws-sso-client", base.text, session.startURL, flow.rawValue] + session.scopes
    )
  }

  private func register(_ flow: Flow) async throws(CloudError) -> KeptSecret {
    let answer = try await Asking(effects: effects).send(
      Self.call(base, session, flow),
      for: "a client registration",
      from: base
    )
    do throws(AWSRefusal) {
      let client = try SSOAnswer.client(answer, now: effects.now())
      let members: [String: StrictJSON] = [
        "clientId": .string(client.id), "clientSecret": .string(client.secret.expose()),
      ]
      return KeptSecret(
        secret: Secret(StrictJSON.object(members).text),
        obtained: effects.now(),
        expiry: client.expiry
      )
    } catch {
      throw error.error(
        from: base.host,
        remedy: "check sso_start_url and sso_region in the profile"
      )
    }
  }

  /// `POST /client/register`.
  static func call(_ base: Issuer, _ session: SSOSession, _ flow: Flow) -> HTTPCall {
    var members: [String: StrictJSON] = [
      "clientName": .string("lanyard"),
      "clientType": .string("public"),
      "grantTypes": .array([.string(flow.rawValue), .string("refresh_token")]),
    ]
    if flow == .code {
      members["redirectUris"] = .array([.string(AuthorizationCode.registeredRedirectURI)])
      members["issuerUrl"] = .string(session.startURL)
    }
    // Without scopes there is no refresh token, which nobody uses for a profile with the start URL in it.
    if session.isRenewable { members["scopes"] = .array(session.scopes.map { .string($0) }) }
    return SSOCall.post(base, "/client/register", members)
  }
}
