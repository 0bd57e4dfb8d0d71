// SPDX-License-Identifier: Apache-2.0

import Crypto
import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The issuer's keys: one for each algorithm in use, and the public halves of earlier ones.
actor SigningKeys {
  /// Ends every key id, so that no client takes a key that it keeps of an earlier lab for one of this lab.
  private let run = Randomness.letters(4)
  private var generation = 0
  private var current: [SigningAlgorithm: SigningKey] = [:]
  /// Keys that nobody publishes, one for each algorithm that was asked to sign falsely.
  private var foreign: [SigningAlgorithm: SigningKey] = [:]
  /// The public keys that are good, complete, the newest last.
  private(set) var published: [JSONValue] = []
  private var decoys: [JSONValue] = []
  /// What signs unless a draft asks for something else.
  private(set) var algorithm: SigningAlgorithm
  private let shape: KeySetShape

  init(algorithm: SigningAlgorithm = .rs256, shape: KeySetShape = .full) async throws {
    self.algorithm = algorithm
    self.shape = shape
    try rotate(keepingOld: false)
    if shape == .severalNoKeyID { decoys = try Self.decoys() }
  }

  /// Replaces the key of every algorithm.
  ///
  /// Without `keepingOld` the old public keys leave the key set at once. Nothing is awaited, so that
  /// two rotations are two generations, and a token that is being signed finds the key that it names.
  func rotate(keepingOld: Bool) throws {
    let next = generation + 1
    var published = keepingOld ? self.published : []
    var current: [SigningAlgorithm: SigningKey] = [:]
    for algorithm in algorithmsInUse {
      let key = try SigningKey(algorithm)
      published.append(try publicKey(key, algorithm, generation: next))
      current[algorithm] = key
    }
    self.current = current
    self.published = published
    generation = next
  }

  /// Signs with another algorithm from now on; its key joins the key set.
  func use(_ algorithm: SigningAlgorithm) throws {
    if current[algorithm] == nil {
      let key = try SigningKey(algorithm)
      published.append(try publicKey(key, algorithm, generation: generation))
      current[algorithm] = key
    }
    self.algorithm = algorithm
  }

  /// The key set's members (RFC 7517 §5).
  var keySet: [String: JSONValue] {
    ["keys": .array(shape.applied(to: published, decoys: decoys))]
  }

  /// The algorithms whose keys are published, the usual ones first.
  var algorithmsInUse: [SigningAlgorithm] {
    let usual = SigningAlgorithm.alwaysPublished
    let others = SigningAlgorithm.allCases.filter { candidate in
      !usual.contains(candidate) && (candidate == algorithm || current[candidate] != nil)
    }
    return usual + others
  }

  /// Signs the draft in the way that it asks for.
  func sign(_ draft: TokenDraft) throws -> String {
    let (key, algorithm, id) = try signer(draft)
    var header: [String: JSONValue] = ["typ": .string(draft.type)]
    if shape.namesKeys { header["kid"] = .string(id) }
    header["alg"] = .string(Self.algorithmName(draft.signature, algorithm))
    for (name, value) in draft.header { header[name] = value }
    var payload = JSONValue.object(draft.claims).text
    if let edit = draft.editPayload { payload = edit(payload) }
    let encoded = [JSONValue.object(header).text, payload].map { Randomness.base64URL($0.utf8) }
    let input = encoded.joined(separator: ".")
    var signature = try self.signature(draft.signature, over: input, key, algorithm)
    if let edit = draft.editSignature { signature = edit(signature) }
    let parts = TokenDraft.Parts(
      header: encoded[0],
      payload: encoded[1],
      signature: Randomness.base64URL(signature)
    )
    return draft.write.map { $0(parts) } ?? parts.compact
  }

  private static func algorithmName(
    _ signature: TokenDraft.Signature,
    _ algorithm: SigningAlgorithm
  ) -> String {
    switch signature {
    case .currentKey, .foreignKey: algorithm.rawValue
    case .none: "none"
    case .publicKeyAsSecret, .sharedSecret: "HS256"
    }
  }

  /// The key that a draft's header names.
  ///
  /// With an algorithm of its own, a draft gets the usual key if that can do it.
  private func signer(_ draft: TokenDraft) throws -> (SigningKey, SigningAlgorithm, id: String) {
    let wanted = draft.algorithm ?? algorithm
    if let key = current[algorithm], key.fits(wanted) { return (key, wanted, keyID(algorithm)) }
    if let key = current[wanted] { return (key, wanted, keyID(wanted)) }
    return (try foreignKey(wanted), wanted, keyID(wanted))
  }

  private func signature(
    _ signature: TokenDraft.Signature,
    over input: String,
    _ key: SigningKey,
    _ algorithm: SigningAlgorithm
  ) throws -> [UInt8] {
    switch signature {
    case .currentKey: return try key.signature(over: input, algorithm)
    case .foreignKey: return try foreignKey(algorithm).signature(over: input, algorithm)
    case .none: return []
    case .publicKeyAsSecret:
      return Self.hs256(input, secret: current[.rs256]?.publicPEM ?? "")
    case .sharedSecret(let secret): return Self.hs256(input, secret: secret)
    }
  }

  private func foreignKey(_ algorithm: SigningAlgorithm) throws -> SigningKey {
    if let key = foreign[algorithm] { return key }
    let key = try SigningKey(algorithm)
    foreign[algorithm] = key
    return key
  }

  private static func hs256(_ input: String, secret: String) -> [UInt8] {
    let key = SymmetricKey(data: Data(secret.utf8))
    return Array(HMAC<SHA256>.authenticationCode(for: Data(input.utf8), using: key))
  }

  private func keyID(_ algorithm: SigningAlgorithm) -> String {
    keyID(algorithm, generation: generation)
  }

  private func keyID(_ algorithm: SigningAlgorithm, generation: Int) -> String {
    "\(algorithm.rawValue.lowercased())-\(generation)-\(run)"
  }

  private func publicKey(_ key: SigningKey, _ algorithm: SigningAlgorithm, generation: Int) throws
    -> JSONValue
  {
    var jwk = try key.publicJWK()
    jwk["kid"] = .string(keyID(algorithm, generation: generation))
    jwk["alg"] = .string(algorithm.rawValue)
    jwk["use"] = "sig"
    return .object(jwk)
  }

  private static func decoys() throws -> [JSONValue] {
    try (1...2).flatMap { _ in
      try SigningAlgorithm.alwaysPublished.map { algorithm -> JSONValue in
        var jwk = try SigningKey(algorithm).publicJWK()
        jwk["alg"] = .string(algorithm.rawValue)
        jwk["use"] = "sig"
        return .object(jwk)
      }
    }
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
