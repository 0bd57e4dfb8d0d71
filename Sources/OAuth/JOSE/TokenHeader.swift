// SPDX-License-Identifier: Apache-2.0

/// The protected header of a JWS, judged (RFC 7515 section 4, RFC 8725).
///
/// `jwk`, `jku`, `x5u` and `x5c` are not even looked at: a token does not bring its own key.
struct TokenHeader: Sendable {
  private(set) var algorithm: SigningAlgorithm?
  private(set) var keyID: String?
  private(set) var faults: [IDTokenFault] = []

  /// Judges a header of an ID token, whose `typ` is JWT if it has one.
  init(_ bytes: [UInt8]) {
    let json: StrictJSON
    do {
      json = try StrictJSON(parsing: bytes)
    } catch {
      faults = [.malformed("its header is not JSON: \(error.reason)")]
      return
    }
    guard let members = json.members else {
      faults = [.malformed("its header is not an object")]
      return
    }
    readAlgorithm(members["alg"])
    readKeyID(members["kid"])
    // An extension that must be understood is not (section 4.1.11), and an unencoded or compressed
    // payload would be other bytes than the ones that are checked here.
    for name in ["crit", "b64", "zip", "enc"] where members[name] != nil {
      faults.append(.headerRefused(name))
    }
    if let type = members["typ"], !Self.isJWT(type) { faults.append(.headerRefused("typ")) }
  }

  private mutating func readAlgorithm(_ value: StrictJSON?) {
    guard let name = value?.string else {
      faults.append(.malformed("its header has no alg"))
      return
    }
    algorithm = SigningAlgorithm.allCases.first { Text.sameBytes($0.rawValue, name) }
    if algorithm == nil { faults.append(.algorithmRefused(Text.line(name, limit: 40))) }
  }

  private mutating func readKeyID(_ value: StrictJSON?) {
    guard let value else { return }
    guard let name = value.string, name.utf8.count <= Limits.keyID else {
      faults.append(.headerRefused("kid"))
      return
    }
    keyID = name
  }

  private static func isJWT(_ type: StrictJSON) -> Bool {
    guard let name = type.string?.lowercased() else { return false }
    return name == "jwt" || name == "application/jwt"
  }
}
