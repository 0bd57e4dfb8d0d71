// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
package import OAuth
package import SessionStore

/// What an asker hands to the detached renewal, through a pipe and nowhere else: it holds the data key.
package struct RenewalOrder: Sendable {
  /// What is wanted.
  package var request: CredentialRequest
  /// The folder of the session store.
  package var storeFolder: String
  /// The machine id for stores on network file systems.
  package var hostID: String?
  /// Where an orphan goes if the successor cannot be persisted.
  package var runtimeFolder: String?
  /// Opens the session.
  package var dataKey: DataKey
  /// Whether the API server seems to have rejected the current token.
  package var rejected: Bool

  /// Makes an order.
  package init(
    request: CredentialRequest,
    storeFolder: String,
    hostID: String?,
    runtimeFolder: String?,
    dataKey: DataKey,
    rejected: Bool
  ) {
    self.request = request
    self.storeFolder = storeFolder
    self.hostID = hostID
    self.runtimeFolder = runtimeFolder
    self.dataKey = dataKey
    self.rejected = rejected
  }
}

// MARK: bytes

extension RenewalOrder {
  /// The order as it goes through the pipe; written out because secrets are deliberately not Codable.
  private struct Wire: Codable {
    var request: RequestWire
    var storeFolder: String
    var hostID: String?
    var runtimeFolder: String?
    var dataKey: Data
    var rejected: Bool
  }

  /// The bytes for the pipe.
  ///
  /// Throws an `EncodingError` for a number that JSON does not have.
  package func encoded() throws -> [UInt8] {
    let wire = Wire(
      request: RequestWire(request),
      storeFolder: storeFolder,
      hostID: hostID,
      runtimeFolder: runtimeFolder,
      dataKey: Data(dataKey.expose()),
      rejected: rejected
    )
    return Array(try JSONEncoder().encode(wire))
  }

  /// Reads what `encoded()` wrote.
  ///
  /// Throws a `DecodingError` for anything else, and why what it says makes no request or key.
  package init(decoding bytes: [UInt8]) throws {
    let wire = try JSONDecoder().decode(Wire.self, from: Data(bytes))
    self.init(
      request: try wire.request.request,
      storeFolder: wire.storeFolder,
      hostID: wire.hostID,
      runtimeFolder: wire.runtimeFolder,
      dataKey: try DataKey(bytes: Array(wire.dataKey)),
      rejected: wire.rejected
    )
  }
}

/// A request as it goes through the pipe.
private struct RequestWire: Codable {
  var issuer: String
  var client: ClientWire
  var grant: GrantType
  var username: String?
  var subjectTokenType: String
  var scopes: [String]
  var audience: String?
  var resources: [String]
  var parameters: [CredentialRequest.Parameter]
  var account: String?
  var token: TokenKind
  var authorities: Data
  var manner: CredentialRequest.Manner

  init(_ request: CredentialRequest) {
    issuer = request.issuer.text
    client = ClientWire(request.client)
    grant = request.grant
    username = request.username
    subjectTokenType = request.subjectTokenType
    scopes = request.scopes
    audience = request.audience
    resources = request.resources
    parameters = request.parameters
    account = request.account
    token = request.token
    authorities = Data(request.authorities)
    manner = request.manner
  }

  var request: CredentialRequest {
    get throws {
      CredentialRequest(
        issuer: try Issuer(issuer),
        client: client.client,
        grant: grant,
        username: username,
        subjectTokenType: subjectTokenType,
        scopes: scopes,
        audience: audience,
        resources: resources,
        parameters: parameters,
        account: account,
        token: token,
        authorities: Array(authorities),
        manner: manner
      )
    }
  }
}

/// A client as it goes through the pipe.
private struct ClientWire: Codable {
  var id: String
  var method: ClientCredential.Method?
  var secret: String?
  var key: String?
  var keyID: String?
  var certificate: Data

  init(_ client: OAuthClient) {
    id = client.id
    method = client.method
    secret = client.secret?.expose()
    key = client.key?.expose()
    keyID = client.keyID
    certificate = Data(client.certificate)
  }

  var client: OAuthClient {
    OAuthClient(
      id: id,
      method: method,
      secret: secret.map { Secret($0) },
      key: key.map { Secret($0) },
      keyID: keyID,
      certificate: Array(certificate)
    )
  }
}

/// What a detached renewal reports once its outcome is on disk.
package enum RenewalReport: Sendable, Equatable {
  /// The session store holds a fresh token.
  case renewed
  /// The tokens are fresh but could not be persisted; the encrypted record may lie as an orphan.
  case notKept(token: Secret, times: TokenTimes, why: String)
  /// The refresh token is dead; the session is marked so.
  case ended(why: String)
  /// The issuer answered without the token that is wanted, twice.
  case noToken(why: String)
  /// The session store failed; the session is as it was.
  case store(StoreError)
  /// Another failure that leaves the session as it was.
  case failed(CredentialsError.Code, what: String, remedy: String)
}

extension RenewalReport {
  private struct Wire: Codable {
    var kind: String
    var token: String?
    var times: TokenTimes?
    var what: String?
    var remedy: String?
    var store: StoreError?
  }

  /// The bytes for the pipe.
  ///
  /// Throws an `EncodingError` for a number that JSON does not have.
  package func encoded() throws -> [UInt8] {
    let wire =
      switch self {
      case .renewed: Wire(kind: "renewed")
      case .notKept(let token, let times, let why):
        Wire(kind: "not-kept", token: token.expose(), times: times, what: why)
      case .ended(let why): Wire(kind: "ended", what: why)
      case .noToken(let why): Wire(kind: "no-token", what: why)
      case .store(let error): Wire(kind: "store", store: error)
      case .failed(let code, let what, let remedy):
        Wire(kind: code.rawValue, what: what, remedy: remedy)
      }
    return Array(try JSONEncoder().encode(wire))
  }

  /// Reads what `encoded()` wrote; nil for anything else, such as the nothing that a killed renewal leaves.
  package init?(decoding bytes: [UInt8]) {
    guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(bytes)) else { return nil }
    let what = wire.what ?? ""
    if let error = wire.store {
      self = .store(error)
      return
    }
    switch (wire.kind, wire.token, wire.times) {
    case ("renewed", _, _): self = .renewed
    case ("not-kept", let token?, let times?):
      self = .notKept(token: Secret(token), times: times, why: what)
    case ("ended", _, _): self = .ended(why: what)
    case ("no-token", _, _): self = .noToken(why: what)
    case (let kind, _, _):
      guard let code = CredentialsError.Code(rawValue: kind) else { return nil }
      self = .failed(code, what: what, remedy: wire.remedy ?? "")
    }
  }
}
