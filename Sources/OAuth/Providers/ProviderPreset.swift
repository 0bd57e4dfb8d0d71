// SPDX-License-Identifier: Apache-2.0

/// What is known about one kind of issuer, so that a person need not look it up: data, each fact with
/// its source beside it.
///
/// A preset only fills in what was not said; nothing of an issuer's verdicts hangs on it.
package struct ProviderPreset: Sendable {
  /// Where an ID token comes from.
  package enum Source: Sendable, Equatable {
    /// A person's login.
    case login
    /// The surroundings of a job hand it out; nobody logs in.
    case job
  }

  /// What the issuer does with the port of a registered loopback redirect URI (RFC 8252 section
  /// 7.3).
  package enum LoopbackPorts: Sendable, Equatable {
    /// Any port works for these spellings of the host.
    case any(Set<RedirectURI.Host>)
    /// The port must be registered, so a fixed one is listened on.
    case registered
  }

  /// What is known about logins by device code (RFC 8628).
  package enum DeviceFlow: Sendable, Equatable {
    /// It works if it is announced.
    case asAnnounced
    /// It works, under a condition that the person should know: one line, without a period.
    case limited(String)
    /// The issuer has none.
    case missing
  }

  /// Whom a client's assertion is made for (RFC 7523 section 3, rule 3).
  package enum AssertionAudience: Sendable, Equatable {
    /// The issuer, as ``ClientAssertion/Audience/issuer(_:)`` says why.
    case issuer
    /// The address that the request with the assertion goes to.
    case address
  }

  /// What a person writes: `keycloak`.
  package let name: String
  /// What messages call it: `Keycloak`.
  package let title: String
  package var source = Source.login
  /// How it is told from others.
  let recognition: [ProviderRule]
  /// Scopes that a login asks for beside openid.
  package var scopes: [String] = []
  package var offlineAccess = OfflineAccess.always
  package var loopbackPorts = LoopbackPorts.registered
  /// How a redirect URI spells its host by default.
  package var redirectHost = RedirectURI.Host.ipv4
  package var deviceFlow = DeviceFlow.asAnnounced
  package var assertionAudience = AssertionAudience.issuer
  /// False if `resource` (RFC 8707) makes the issuer refuse the request.
  package var takesResources = true
}

extension ProviderPreset {
  /// Every preset, in the order in which messages name them.
  package static let all: [ProviderPreset] = [
    keycloak, dex, okta, auth0, google, entra, gitlab, gitHubActions, cognito, glewlwyd,
  ]

  /// The preset of that name.
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` with all names if there is none.
  package static func named(_ name: String) throws(OAuthError) -> ProviderPreset {
    guard let preset = all.first(where: { Text.sameBytes($0.name, name) }) else {
      throw OAuthError(
        .requestInvalid,
        what: "there is no provider \"\(Text.line(name, limit: 40))\"",
        remedy: "give one of \(all.map(\.name).joined(separator: ", ")), or none at all"
      )
    }
    return preset
  }

  /// The preset that an issuer's URL or metadata gives away; nil if it could be anybody's.
  ///
  /// Products that run under any name are recognised by their endpoints, so without metadata only
  /// the big services are.
  package static func recognise(
    issuer: Issuer,
    metadata: ProviderMetadata? = nil
  ) -> ProviderPreset? {
    all.first { preset in
      preset.recognition.contains { $0.matches(issuer, metadata) }
    }
  }
}
