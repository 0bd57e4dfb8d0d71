// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes tokens by hand, right ones and hostile ones; nothing of the module's own code signs or
/// encodes them.
enum Forge {
  static let now: Int64 = 1_700_000_000
  static let issuer = "https://issuer.test/realms/one"
  static let client = "kube"
  static let nonce = "n-0S6_WzA2Mj"
  static let access = "access-token-1"

  enum Signer: String, Sendable, CaseIterable {
    case rsa = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case p256 = "ES256"
    case p384 = "ES384"
    case p521 = "ES512"
    case ed25519 = "EdDSA"

    /// All that one RSA key can do.
    static let rsas: [Signer] = [.rsa, .rs384, .rs512, .ps256, .ps384, .ps512]

    /// The name of its key in ``keySet()``: the RSA algorithms share one.
    var kid: String {
      switch self {
      case .rsa, .rs384, .rs512, .ps256, .ps384, .ps512: "RS256-1"
      default: "\(rawValue)-1"
      }
    }
  }

  struct Keys: Sendable {
    let rsa: _RSA.Signing.PrivateKey
    let p256 = P256.Signing.PrivateKey()
    let p384 = P384.Signing.PrivateKey()
    let p521 = P521.Signing.PrivateKey()
    let ed25519: Curve25519.Signing.PrivateKey

    init() throws {
      rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
      ed25519 = Curve25519.Signing.PrivateKey()
    }
  }

  /// The issuer's keys, and keys that are somebody else's.
  static let keys = Result { try Keys() }
  static let foreign = Result { try Keys() }

  /// Claims of a token that passes, as raw JSON texts so that tests can write what no encoder
  /// would.
  static func claims() -> [String: String] {
    [
      "iss": "\"\(issuer)\"", "sub": "\"alice\"", "aud": "\"\(client)\"", "exp": "\(now + 600)",
      "iat": "\(now)", "nonce": "\"\(nonce)\"",
    ]
  }

  static func object(_ members: [String: String]) -> String {
    "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }

  static func base64url(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  static func base64url(_ text: String) -> String { base64url(Array(text.utf8)) }

  static func signature(
    _ signer: Signer,
    _ input: String,
    keys: Result<Keys, any Error> = Forge.keys
  ) throws -> [UInt8] {
    let bytes = Array(input.utf8)
    let keys = try keys.get()
    let rsa = keys.rsa
    let signature: any ContiguousBytes =
      switch signer {
      case .rsa: try rsa.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
      case .rs384: try rsa.signature(for: SHA384.hash(data: bytes), padding: .insecurePKCS1v1_5)
      case .rs512: try rsa.signature(for: SHA512.hash(data: bytes), padding: .insecurePKCS1v1_5)
      case .ps256: try rsa.signature(for: SHA256.hash(data: bytes), padding: .PSS)
      case .ps384: try rsa.signature(for: SHA384.hash(data: bytes), padding: .PSS)
      case .ps512: try rsa.signature(for: SHA512.hash(data: bytes), padding: .PSS)
      case .p256: try keys.p256.signature(for: SHA256.hash(data: bytes)).rawRepresentation
      case .p384: try keys.p384.signature(for: SHA384.hash(data: bytes)).rawRepresentation
      case .p521: try keys.p521.signature(for: SHA512.hash(data: bytes)).rawRepresentation
      case .ed25519: try keys.ed25519.signature(for: bytes)
      }
    return unsafe signature.withUnsafeBytes { unsafe Array($0) }
  }

  /// A signed token from raw header and payload texts.
  static func token(
    header: String,
    payload: String,
    signer: Signer = .p256,
    keys: Result<Keys, any Error> = Forge.keys
  ) throws -> Secret {
    let input = "\(base64url(header)).\(base64url(payload))"
    return Secret("\(input).\(base64url(try signature(signer, input, keys: keys)))")
  }

  static func token(
    _ claims: [String: String] = claims(),
    signer: Signer = .p256,
    keys: Result<Keys, any Error> = Forge.keys
  ) throws -> Secret {
    try token(header: header(signer), payload: object(claims), signer: signer, keys: keys)
  }

  static func header(_ signer: Signer) -> String {
    #"{"alg":"\#(signer.rawValue)","kid":"\#(signer.kid)","typ":"JWT"}"#
  }

  // MARK: key sets

  static func rsaKey(_ kid: String? = "RS256-1", more: [String: String] = [:]) throws -> String {
    let parts = try keys.get().rsa.publicKey.getKeyPrimitives()
    return key(
      [
        "kty": "\"RSA\"", "n": "\"\(base64url(parts.modulus))\"",
        "e": "\"\(base64url(parts.publicExponent))\"",
      ],
      kid,
      more
    )
  }

  static func p256Key(
    _ kid: String? = "ES256-1",
    of keys: Result<Keys, any Error> = Forge.keys,
    more: [String: String] = [:]
  ) throws -> String {
    let point = Array(try keys.get().p256.publicKey.x963Representation)
    return key(
      [
        "kty": "\"EC\"", "crv": "\"P-256\"", "x": "\"\(base64url(point[1..<33]))\"",
        "y": "\"\(base64url(point[33...]))\"",
      ],
      kid,
      more
    )
  }

  static func p384Key(_ kid: String? = "ES384-1", more: [String: String] = [:]) throws -> String {
    let point = Array(try keys.get().p384.publicKey.x963Representation.dropFirst())
    return key(
      [
        "kty": "\"EC\"", "crv": "\"P-384\"", "x": "\"\(base64url(point[..<48]))\"",
        "y": "\"\(base64url(point[48...]))\"",
      ],
      kid,
      more
    )
  }

  static func p521Key(_ kid: String? = "ES512-1", more: [String: String] = [:]) throws -> String {
    let point = Array(try keys.get().p521.publicKey.x963Representation.dropFirst())
    return key(
      [
        "kty": "\"EC\"", "crv": "\"P-521\"", "x": "\"\(base64url(point[..<66]))\"",
        "y": "\"\(base64url(point[66...]))\"",
      ],
      kid,
      more
    )
  }

  static func ed25519Key(_ kid: String? = "EdDSA-1", more: [String: String] = [:]) throws -> String
  {
    let x = base64url(Array(try keys.get().ed25519.publicKey.rawRepresentation))
    return key(["kty": "\"OKP\"", "crv": "\"Ed25519\"", "x": "\"\(x)\""], kid, more)
  }

  static func key(_ members: [String: String], _ kid: String?, _ more: [String: String]) -> String {
    var members = members.merging(more) { $1 }
    if let kid { members["kid"] = "\"\(kid)\"" }
    return object(members)
  }

  static func set(_ keys: [String]) -> [UInt8] {
    Array("{\"keys\":[\(keys.joined(separator: ","))]}".utf8)
  }

  static func keySet() throws -> KeySet {
    try KeySet(parsing: set([rsaKey(), p256Key(), p384Key(), p521Key(), ed25519Key()]))
  }

  // MARK: expectations

  static func expectation(
    nonce: IDTokenExpectation.NonceRule = .exactly(Forge.nonce),
    accessToken: String? = nil,
    previousSubject: String? = nil,
    audiences: [String] = []
  ) throws -> IDTokenExpectation {
    IDTokenExpectation(
      issuer: try Issuer(issuer),
      clientID: client,
      nonce: nonce,
      accessToken: accessToken.map { Secret($0) },
      previousSubject: previousSubject,
      now: Date(timeIntervalSince1970: Double(now)),
      additionalAudiences: audiences
    )
  }

  static func faults(_ token: Secret, _ expectation: IDTokenExpectation? = nil) throws
    -> [IDTokenFault]
  {
    IDTokenVerdict.judge(token, against: try expectation ?? Forge.expectation(), keys: try keySet())
      .faults
  }
}

/// The code of the error that a body throws, nil if it throws none.
func code(of body: () throws(OAuthError) -> Void) -> OAuthError.Code? {
  do {
    try body()
    return nil
  } catch {
    return error.code
  }
}
