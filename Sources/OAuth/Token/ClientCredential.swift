// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What a client has to prove who it is, and the way to use it (OIDC Core 9, RFC 8705).
///
/// From it comes one ``ClientAuthentication`` for each request.
package enum ClientCredential: Sendable {
  /// `none`: a public client.
  case none
  /// `client_secret_basic`
  case secretBasic(Secret)
  /// `client_secret_post`
  case secretPost(Secret)
  /// `client_secret_jwt`
  case secretJWT(Secret)
  /// `private_key_jwt`
  case privateKeyJWT(ClientKey)
  /// `tls_client_auth` and `self_signed_tls_client_auth`: the certificate is the connection's.
  case tlsCertificate

  /// A method by its registered name (RFC 7591 section 2, RFC 8705 section 2).
  package enum Method: String, Sendable, Codable, Equatable, CaseIterable {
    case none
    case secretBasic = "client_secret_basic"
    case secretPost = "client_secret_post"
    case secretJWT = "client_secret_jwt"
    case privateKeyJWT = "private_key_jwt"
    case tlsCertificate = "tls_client_auth"
    case selfSignedCertificate = "self_signed_tls_client_auth"
  }

  /// What a person gave.
  package struct Given: Sendable {
    package var secret: Secret?
    package var key: ClientKey?
    /// Whether connections to the issuer are made with a client certificate.
    package var hasCertificate: Bool
    /// The method the person asked for; it wins over everything.
    package var method: Method?

    package init(
      secret: Secret? = nil,
      key: ClientKey? = nil,
      hasCertificate: Bool = false,
      method: Method? = nil
    ) {
      self.secret = secret
      self.key = key
      self.hasCertificate = hasCertificate
      self.method = method
    }
  }

  /// Chooses the method: the one asked for, else the strongest for which something was given and
  /// which the issuer lists.
  ///
  /// `methods` is `token_endpoint_auth_methods_supported`; nil means client_secret_basic (RFC 8414
  /// section 2). A key or certificate that was given is used even if the issuer does not list the
  /// method, because sending nothing instead would not succeed either. Throws
  /// ``OAuthError/Code/requestInvalid`` if the method asked for lacks what it needs.
  package static func preferred(
    _ given: Given,
    methods: [String]?
  ) throws(OAuthError) -> ClientCredential {
    if let method = given.method { return try explicit(method, given) }
    if let key = given.key { return .privateKeyJWT(key) }
    let methods = methods ?? [Method.secretBasic.rawValue]
    func lists(_ method: Method) -> Bool { methods.contains(method.rawValue) }
    if given.hasCertificate,
      lists(.tlsCertificate) || lists(.selfSignedCertificate) || given.secret == nil
    {
      return .tlsCertificate
    }
    guard let secret = given.secret else { return .none }
    if lists(.secretBasic) { return .secretBasic(secret) }
    if lists(.secretPost) { return .secretPost(secret) }
    if lists(.secretJWT) { return .secretJWT(secret) }
    return .secretBasic(secret)
  }

  private static func explicit(
    _ method: Method,
    _ given: Given
  ) throws(OAuthError) -> ClientCredential {
    switch method {
    case .none: return .none
    case .secretBasic: return .secretBasic(try need(given.secret, "a client secret", method))
    case .secretPost: return .secretPost(try need(given.secret, "a client secret", method))
    case .secretJWT: return .secretJWT(try need(given.secret, "a client secret", method))
    case .privateKeyJWT: return .privateKeyJWT(try need(given.key, "a private key", method))
    case .tlsCertificate, .selfSignedCertificate:
      _ = try need(given.hasCertificate ? true : nil, "a client certificate", method)
      return .tlsCertificate
    }
  }

  private static func need<Value>(
    _ value: Value?,
    _ name: String,
    _ method: Method
  ) throws(OAuthError) -> Value {
    guard let value else {
      throw OAuthError(
        .requestInvalid,
        what: "\(method.rawValue) needs \(name), and none was given",
        remedy: "give \(name), or choose another way to authenticate the client"
      )
    }
    return value
  }
}

extension ClientCredential {
  /// The authentication of one request; another request needs another one.
  ///
  /// `random` has at least 16 bytes, never used before; `announced` is the issuer's
  /// `token_endpoint_auth_signing_alg_values_supported`. Throws
  /// ``OAuthError/Code/requestInvalid``.
  package func authentication(
    clientID: String,
    audience: ClientAssertion.Audience,
    announced: [String]?,
    now: Date,
    random: [UInt8]
  ) throws(OAuthError) -> ClientAuthentication {
    switch self {
    case .none: return .none
    case .secretBasic(let secret): return .secretBasic(secret)
    case .secretPost(let secret): return .secretPost(secret)
    case .tlsCertificate: return .tlsCertificate
    case .secretJWT(let secret):
      let assertion = try ClientAssertion(
        clientID: clientID,
        audience: audience,
        now: now,
        random: random
      )
      return .assertion(try assertion.signed(by: secret))
    case .privateKeyJWT(let key):
      let assertion = try ClientAssertion(
        clientID: clientID,
        audience: audience,
        now: now,
        random: random
      )
      return .assertion(try assertion.signed(by: key, announced: announced))
    }
  }

  /// The address to send to: the alias for clients with a certificate, if there is one (RFC 8705
  /// section 5) and this client has one.
  package func endpoint(_ endpoint: Endpoint, mutualTLSAlias: Endpoint?) -> Endpoint {
    if case .tlsCertificate = self { mutualTLSAlias ?? endpoint } else { endpoint }
  }
}
