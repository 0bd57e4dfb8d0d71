// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One public key of a JWK set that can verify signatures (RFC 7517 section 4).
struct JSONWebKey: Sendable {
  let keyID: String?
  let key: VerificationKey
  /// What the key may be used for: its `alg`, if it names one, else all that its type can do.
  ///
  /// The token has no say in it (RFC 8725 section 3.1).
  let algorithms: [SigningAlgorithm]

  /// Why a key of a set is not used; the others of the set still are.
  struct Skipped: Error {
    let reason: String
  }

  /// Throws ``Skipped`` for a key of another purpose, an unknown kind, or too weak.
  init(_ json: StrictJSON) throws(Skipped) {
    guard json.members != nil else { throw Skipped(reason: "not an object") }
    try Self.checkPurpose(json)
    keyID = try Self.optionalString("kid", json)
    if let keyID, keyID.utf8.count > Limits.keyID { throw Skipped(reason: "its kid is too long") }
    switch try Self.optionalString("kty", json) {
    case "RSA": key = .rsa(try Self.rsa(json))
    case "EC": key = try Self.elliptic(json)
    case "OKP": key = .ed25519(try Self.ed25519(json))
    default: throw Skipped(reason: "its kty is not known")
    }
    if let name = try Self.optionalString("alg", json) {
      algorithms = key.algorithms.filter { Text.sameBytes($0.rawValue, name) }
      guard !algorithms.isEmpty else {
        throw Skipped(reason: "its alg is not one that is used here with such a key")
      }
    } else {
      algorithms = key.algorithms
    }
  }

  private static func optionalString(_ name: String, _ json: StrictJSON) throws(Skipped) -> String?
  {
    guard let value = json[name] else { return nil }
    guard let text = value.string else { throw Skipped(reason: "its \(name) is not a string") }
    return text
  }

  private static func checkPurpose(_ json: StrictJSON) throws(Skipped) {
    if let use = try optionalString("use", json), use != "sig" {
      throw Skipped(reason: "it is not for signatures")
    }
    if let operations = json["key_ops"] {
      guard operations.strings?.contains("verify") == true else {
        throw Skipped(reason: "it is not for verifying")
      }
    }
  }

  private static func bytes(_ name: String, _ json: StrictJSON) throws(Skipped) -> [UInt8] {
    guard let text = json[name]?.string, let bytes = Base64URL.decode(text.utf8) else {
      throw Skipped(reason: "its \(name) is not base64url")
    }
    return bytes
  }

  private static func rsa(_ json: StrictJSON) throws(Skipped) -> _RSA.Signing.PublicKey {
    // Some libraries write the sign byte of a big integer, so leading zeros do not count.
    let modulus = Array(try bytes("n", json).drop { $0 == 0 })
    let exponent = Array(try bytes("e", json).drop { $0 == 0 })
    guard let first = modulus.first, let last = modulus.last, let lastOfExponent = exponent.last
    else { throw Skipped(reason: "its modulus or exponent is zero") }
    let bits = modulus.count * 8 - first.leadingZeroBitCount
    guard (2048...8192).contains(bits) else {
      throw Skipped(reason: "it has \(bits) bits, and 2048 to 8192 are accepted")
    }
    guard last & 1 == 1 else { throw Skipped(reason: "its modulus is even") }
    guard lastOfExponent & 1 == 1, exponent.count > 1 || lastOfExponent >= 3 else {
      throw Skipped(reason: "its exponent is not an odd number from 3")
    }
    do {
      return try _RSA.Signing.PublicKey(n: modulus, e: exponent)
    } catch {
      throw Skipped(reason: "it is not an RSA key")
    }
  }

  private static func elliptic(_ json: StrictJSON) throws(Skipped) -> VerificationKey {
    let size: Int
    let curve = try optionalString("crv", json)
    switch curve {
    case "P-256": size = 32
    case "P-384": size = 48
    case "P-521": size = 66
    default: throw Skipped(reason: "its curve is not known")
    }
    let x = try bytes("x", json)
    let y = try bytes("y", json)
    guard x.count == size, y.count == size else {
      throw Skipped(reason: "its coordinates do not have \(size) bytes")
    }
    let point = [4] + x + y
    do {
      return switch curve {
      case "P-256": .p256(try P256.Signing.PublicKey(x963Representation: point))
      case "P-384": .p384(try P384.Signing.PublicKey(x963Representation: point))
      default: .p521(try P521.Signing.PublicKey(x963Representation: point))
      }
    } catch {
      throw Skipped(reason: "it is not a point on its curve")
    }
  }

  private static func ed25519(_ json: StrictJSON) throws(Skipped) -> Curve25519.Signing.PublicKey {
    guard try optionalString("crv", json) == "Ed25519" else {
      throw Skipped(reason: "its curve is not known")
    }
    let x = try bytes("x", json)
    guard x.count == 32, !EdwardsPoint.hasSmallOrder(x) else {
      throw Skipped(reason: "it is not an Ed25519 key")
    }
    do {
      return try Curve25519.Signing.PublicKey(rawRepresentation: x)
    } catch {
      throw Skipped(reason: "it is not an Ed25519 key")
    }
  }
}
