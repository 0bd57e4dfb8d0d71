// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The issuer's keys: one RSA, one P-256 and one Ed25519 key at a time, and the public halves of
/// earlier ones.
actor SigningKeys {
  private var generation = 0
  private var signers = JWTKeyCollection()
  /// Keys that nobody publishes, one for each algorithm that was asked to sign falsely.
  private let foreign = JWTKeyCollection()
  private var foreignAlgorithms: Set<SigningAlgorithm> = []
  private var published: [JSONValue] = []
  /// The public keys of `published`, for the API server.
  private(set) var verifiers = JWTKeyCollection()

  init() async throws {
    try await rotate(keepingOld: false)
  }

  /// Replaces the key of every algorithm.
  ///
  /// Without `keepingOld` the old public keys leave the key set at once.
  func rotate(keepingOld: Bool) async throws {
    let next = generation + 1
    let signers = JWTKeyCollection()
    let verifiers = keepingOld ? self.verifiers : JWTKeyCollection()
    var published = keepingOld ? self.published : []
    for algorithm in SigningAlgorithm.allCases {
      let pair = try KeyPair(algorithm, id: keyID(algorithm, generation: next))
      published.append(try await pair.add(to: signers, publicHalfTo: verifiers))
    }
    // All at once: a token that is being signed meanwhile must find the key that its header names.
    self.signers = signers
    self.verifiers = verifiers
    self.published = published
    generation = next
  }

  /// The key set document (RFC 7517 §5).
  var keySet: JSONValue { ["keys": .array(published)] }

  /// Signs the draft in the way that it asks for.
  func sign(_ draft: TokenDraft, algorithm: SigningAlgorithm) async throws -> String {
    let claims = TokenClaims(members: draft.claims)
    let id = keyID(algorithm, generation: generation)
    let signers = signers
    let type = draft.use == .access ? "at+jwt" : "JWT"
    switch draft.signature {
    case .currentKey:
      return try await signers.sign(
        claims,
        kid: JWKIdentifier(string: id),
        header: ["typ": .string(type)]
      )
    case .foreignKey:
      if !foreignAlgorithms.contains(algorithm) {
        _ = try await KeyPair(algorithm, id: algorithm.rawValue)
          .add(to: foreign, publicHalfTo: nil)
        foreignAlgorithms.insert(algorithm)
      }
      let token = try await foreign.sign(
        claims,
        kid: JWKIdentifier(string: algorithm.rawValue),
        header: ["typ": .string(type)]
      )
      let genuine = try await signers.sign(
        claims,
        kid: JWKIdentifier(string: id),
        header: ["typ": .string(type)]
      )
      return Self.splice(genuine, signature: token)
    case .none:
      let header: JSONValue = ["alg": "none", "typ": .string(type)]
      let parts = [header.text, JSONValue.object(draft.claims).text]
      return parts.map { Randomness.base64URL($0.utf8) }.joined(separator: ".") + "."
    }
  }

  private func keyID(_ algorithm: SigningAlgorithm, generation: Int) -> String {
    "\(algorithm.rawValue.lowercased())-\(generation)"
  }

  /// The signing input of one token with the signature of another.
  private static func splice(_ genuine: String, signature foreign: String) -> String {
    let parts = genuine.split(separator: ".")
    let signature = foreign.split(separator: ".").last ?? ""
    return "\(parts[0]).\(parts[1]).\(signature)"
  }
}

/// A key of one algorithm, just made.
private struct KeyPair {
  private enum Key {
    case rsa(JWTKit.Insecure.RSA.PrivateKey)
    case ecdsa(ES256PrivateKey, raw: Data)
    case edDSA(EdDSA.PrivateKey)
  }

  private let id: String
  private let key: Key
  private let serializer: DefaultJWTSerializer

  init(_ algorithm: SigningAlgorithm, id: String) throws {
    self.id = id
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    serializer = DefaultJWTSerializer(jsonEncoder: encoder)
    switch algorithm {
    case .rs256:
      key = .rsa(
        try JWTKit.Insecure.RSA.PrivateKey(backing: _RSA.Signing.PrivateKey(keySize: .bits2048))
      )
    case .es256:
      let backing = P256.Signing.PrivateKey()
      key = .ecdsa(try ES256PrivateKey(backing: backing), raw: backing.publicKey.rawRepresentation)
    case .edDSA:
      key = .edDSA(EdDSA.PrivateKey(backing: Curve25519.Signing.PrivateKey()))
    }
  }

  /// Adds the private key to one collection and the public one to another; gives the public key as
  /// JWK (RFC 7517, 8037).
  func add(to signers: JWTKeyCollection, publicHalfTo verifiers: JWTKeyCollection?) async throws
    -> JSONValue
  {
    let kid = JWKIdentifier(string: id)
    var jwk: [String: JSONValue] = ["kid": .string(id), "use": "sig"]
    switch key {
    case .rsa(let key):
      await signers.add(rsa: key, digestAlgorithm: .sha256, kid: kid, serializer: serializer)
      await verifiers?.add(rsa: key.publicKey, digestAlgorithm: .sha256, kid: kid)
      let (modulus, exponent) = try key.publicKey.getKeyPrimitives()
      jwk["kty"] = "RSA"
      jwk["alg"] = "RS256"
      jwk["n"] = .string(Randomness.base64URL(modulus))
      jwk["e"] = .string(Randomness.base64URL(exponent))
    case .ecdsa(let key, let raw):
      await signers.add(ecdsa: key, kid: kid, serializer: serializer)
      await verifiers?.add(ecdsa: key.publicKey, kid: kid)
      jwk["kty"] = "EC"
      jwk["alg"] = "ES256"
      jwk["crv"] = "P-256"
      jwk["x"] = .string(Randomness.base64URL(raw.prefix(32)))
      jwk["y"] = .string(Randomness.base64URL(raw.suffix(32)))
    case .edDSA(let key):
      await signers.add(eddsa: key, kid: kid, serializer: serializer)
      await verifiers?.add(eddsa: key.publicKey, kid: kid)
      jwk["kty"] = "OKP"
      jwk["alg"] = "EdDSA"
      jwk["crv"] = "Ed25519"
      jwk["x"] = .string(Randomness.base64URL(key.publicKey.rawRepresentation))
    }
    return .object(jwk)
  }
}

/// The claims of a token, whatever they are; who reads them checks them.
struct TokenClaims: JWTPayload {
  let members: [String: JSONValue]

  init(members: [String: JSONValue]) {
    self.members = members
  }

  init(from decoder: any Decoder) throws {
    members = try [String: JSONValue](from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    try members.encode(to: encoder)
  }

  func verify(using algorithm: some JWTAlgorithm) async throws {}
}
