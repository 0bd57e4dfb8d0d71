// SPDX-License-Identifier: Apache-2.0

package import OAuth
import ReadyCredential

/// Which of the issuer's tokens goes to the API server.
package enum TokenKind: String, Sendable, Codable, CaseIterable {
  /// The ID token, which kube-apiserver's OIDC authenticator expects.
  case id
  /// The access token, for API servers that accept the issuer's own JWTs.
  case access
}

/// Everything about a wanted credential that decides which session it comes from.
package struct CredentialRequest: Sendable {
  /// The issuer that the session is with.
  package var issuer: Issuer
  /// The OAuth client.
  package var client: OAuthClient
  /// The grant that gives the tokens.
  package var grant: GrantType
  /// The user of a password grant.
  package var username: String?
  /// What the token of a token exchange is: a URI of RFC 8693 §3.
  package var subjectTokenType: String
  /// The scopes to ask for; `openid` is among them where a person logs in.
  package var scopes: [String]
  /// The `audience` parameter, for issuers that want one.
  package var audience: String?
  /// The `resource` parameters (RFC 8707).
  package var resources: [String]
  /// Further parameters of the authorization request.
  package var parameters: [Parameter]
  /// A label that keeps two logins at one issuer apart.
  package var account: String?
  /// Which token is handed out.
  package var token: TokenKind
  /// The certificates (PEM) that are trusted for the issuer beside the system's; empty if none were named.
  package var authorities: [UInt8]
  /// How the login and the renewal go, as far as that does not decide whose token it is.
  package var manner: Manner

  /// One more parameter of the authorization request.
  package struct Parameter: Sendable, Codable, Equatable {
    /// Its name.
    package let name: String
    /// Its value.
    package let value: String

    /// Makes a parameter.
    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// How a login goes: extensions to use, and the way back from the browser.
  package struct Manner: Sendable, Codable, Equatable {
    /// The name of the provider's preset; nil: it shows in the metadata, or nothing is known.
    package var provider: String?
    /// Whether the scope `offline_access` is a guess, which an issuer that does not list it is spared.
    package var offlineIfListed: Bool
    /// The redirect URI as it is registered; nil: any port of 127.0.0.1.
    package var redirectURI: String?
    /// How the browser brings the answer.
    package var responseMode: AuthorizationRequest.ResponseMode
    /// Pushed authorization requests (RFC 9126).
    package var par: PushedAuthorization.Use
    /// Refresh tokens bound to a key (RFC 9449).
    package var dpop: Offer

    /// Makes a manner; everything as the issuer offers it unless said.
    package init(
      provider: String? = nil,
      offlineIfListed: Bool = false,
      redirectURI: String? = nil,
      responseMode: AuthorizationRequest.ResponseMode = .query,
      par: PushedAuthorization.Use = .auto,
      dpop: Offer = .auto
    ) {
      self.provider = provider
      self.offlineIfListed = offlineIfListed
      self.redirectURI = redirectURI
      self.responseMode = responseMode
      self.par = par
      self.dpop = dpop
    }
  }

  /// Makes a request; scopes are completed with `openid` and the like only by the caller.
  package init(
    issuer: Issuer,
    client: OAuthClient,
    grant: GrantType = .authorizationCode,
    username: String? = nil,
    subjectTokenType: String = "",
    scopes: [String],
    audience: String? = nil,
    resources: [String] = [],
    parameters: [Parameter] = [],
    account: String? = nil,
    token: TokenKind = .id,
    authorities: [UInt8] = [],
    manner: Manner = Manner()
  ) {
    self.issuer = issuer
    self.client = client
    self.grant = grant
    self.username = username
    self.subjectTokenType = subjectTokenType
    self.scopes = scopes
    self.audience = audience
    self.resources = resources
    self.parameters = parameters
    self.account = account
    self.token = token
    self.authorities = authorities
    self.manner = manner
  }

  /// What connections to the issuer trust and show.
  package var trust: TransportTrust {
    TransportTrust(authorities: authorities, certificate: client.certificate, key: client.key)
  }

  /// Hex SHA-256 of the extra trust anchors; empty if there are none.
  ///
  /// Part of the session record, not of its key: a request with other anchors must be noticed, not get a new session.
  package var authoritiesDigest: String {
    authorities.isEmpty ? "" : Fingerprint.hex(of: [authorities], label: "authorities")
  }
}

/// SHA-256 over length-prefixed parts, so that no two different lists of parts give the same bytes.
enum Fingerprint {
  /// The digest of the parts, 32 bytes, under a label that keeps different uses apart.
  static func bytes(of parts: [[UInt8]], label: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in [Array("lanyard/\(label)/1".utf8)] + parts {
      unsafe withUnsafeBytes(of: UInt64(part.count).bigEndian) {
        unsafe bytes.append(contentsOf: $0)
      }
      bytes.append(contentsOf: part)
    }
    return SHA256.hash(bytes)
  }

  /// The same digest in hexadecimal digits.
  static func hex(of parts: [[UInt8]], label: String) -> String {
    HexDigits.text(bytes(of: parts, label: label))
  }
}

extension CredentialRequest {
  /// Asks in the login for what the issuer wanted when it ended the session, unless the person asks for claims
  /// themselves; it does not change whose session it is, because only a login's request has it.
  mutating func takeUp(_ challenge: String?) {
    guard let challenge, !parameters.contains(where: { $0.name == ClaimsChallenge.parameter })
    else { return }
    parameters.append(Parameter(name: ClaimsChallenge.parameter, value: challenge))
  }
}
