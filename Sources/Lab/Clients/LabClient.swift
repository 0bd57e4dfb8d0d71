// SPDX-License-Identifier: Apache-2.0

/// How a client proves who it is (IANA: OAuth Token Endpoint Authentication Methods).
package enum ClientAuthenticationMethod: String, Sendable, CaseIterable {
  case nothing = "none"
  case secretBasic = "client_secret_basic"
  case secretPost = "client_secret_post"
  case secretJWT = "client_secret_jwt"
  case privateKeyJWT = "private_key_jwt"
  /// A certificate of the lab's own CA whose common name is the client's id (RFC 8705 §2.1).
  case tls = "tls_client_auth"
  /// A certificate that the client registered (RFC 8705 §2.2).
  case selfSignedTLS = "self_signed_tls_client_auth"

  var usesCertificate: Bool { self == .tls || self == .selfSignedTLS }
  var usesAssertion: Bool { self == .secretJWT || self == .privateKeyJWT }
}

/// An application that the issuer knows.
package struct LabClient: Sendable, Equatable {
  package let id: String
  /// nil for a client without one, such as a public client (RFC 6749 §2.1).
  package let secret: String?
  /// The only way in which it may authenticate; nil: by its secret, in header or form, if it has
  /// one.
  package let method: ClientAuthenticationMethod?
  /// For `private_key_jwt` its public key, PEM or JWK; for `self_signed_tls_client_auth` its
  /// certificate, PEM.
  package let key: String?
  /// Redirect URIs besides loopback ones, which every client may use with any port (RFC 8252 §7.3).
  package let redirectURIs: [String]

  package init(
    _ id: String,
    secret: String? = nil,
    method: ClientAuthenticationMethod? = nil,
    key: String? = nil,
    redirectURIs: [String] = []
  ) {
    self.id = id
    self.secret = secret
    self.method = method
    self.key = key
    self.redirectURIs = redirectURIs
  }

  /// Parses `ID[:SECRET]`; throws `LabError.badOption` when the id is missing.
  package init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard !parts[0].isEmpty else {
      throw LabError(
        .badOption,
        "\"\(text)\" names no client",
        remedy: "write it like my-client or my-client:secret"
      )
    }
    self.init(String(parts[0]), secret: parts.count > 1 ? String(parts[1]) : nil)
  }

  /// Parses `ID:METHOD[:VALUE]`, where the value is a secret or the name of a file with a public
  /// key or certificate; throws `LabError`.
  package init(parsingMethod text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 2).map(String.init)
    guard parts.count >= 2, let method = ClientAuthenticationMethod(rawValue: parts[1]) else {
      let names = ClientAuthenticationMethod.allCases.map(\.rawValue).joined(separator: ", ")
      throw LabError(
        .badOption,
        "\"\(text)\" is no client with a method",
        remedy: "write it like robot:private_key_jwt:robot.pem; methods: \(names)"
      )
    }
    let value = parts.count > 2 ? parts[2] : nil
    guard (value == nil) == (method == .nothing || method == .tls) else {
      throw LabError(.badOption, "\"\(text)\" has a value too many or too few")
    }
    let isFile = method == .privateKeyJWT || method == .selfSignedTLS
    self.init(
      parts[0],
      secret: isFile ? nil : value,
      method: method,
      key: isFile ? try value.map(PrivateFile.read) : nil
    )
  }

  /// A public client `lanyard`, and `lanyard-confidential` with the secret
  /// `lanyard-confidential-secret`.
  package static let defaults = [
    LabClient("lanyard"),
    LabClient("lanyard-confidential", secret: "lanyard-confidential-secret"),
  ]

  /// Whether it has nothing to prove who it is with.
  var isPublic: Bool {
    secret == nil && (method == nil || method == .nothing)
  }

  /// How it authenticated in an exchange in which it did.
  func effectiveMethod(_ exchange: Exchange) -> ClientAuthenticationMethod {
    if let method { return method }
    if secret == nil { return .nothing }
    return exchange.basicCredentials == nil ? .secretPost : .secretBasic
  }

  /// Whether an authorization response may be sent to `uri`.
  func allows(redirectURI uri: String) -> Bool {
    if redirectURIs.contains(uri) { return true }
    guard let address = WebAddress(uri), address.scheme == "http", !uri.contains("#") else {
      return false
    }
    return ["127.0.0.1", "[::1]", "localhost"].contains(address.host)
  }
}
