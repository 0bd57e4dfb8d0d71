// SPDX-License-Identifier: Apache-2.0

import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Judges tokens against a key set whose private keys nobody has any more: one payload was signed
/// once with each, so nothing else may ever pass.
///
/// An input is a token as it is sent; or, so that mutations reach the JSON inside, three lines:
/// header, payload, and the signature in base64url.
struct JOSETarget: Sendable {
  static let shared = Result { try JOSETarget() }

  let keys: KeySet
  let expectation: IDTokenExpectation
  let signed: Set<String>

  init() throws {
    keys = try KeySet(parsing: Array(Keys.document.utf8))
    expectation = IDTokenExpectation(
      issuer: try Issuer("https://issuer.test/realms/one"),
      clientID: "kube",
      nonce: .exactly("n-0S6_WzA2Mj"),
      accessToken: Secret("access-token-1"),
      previousSubject: "alice",
      now: Date(timeIntervalSince1970: 1_700_000_000),
      additionalAudiences: ["other"]
    )
    signed = Set(
      Keys.headers.map { header in
        "\(Base64URL.encode(header.utf8)).\(Base64URL.encode(Keys.payload.utf8))"
      }
    )
    try Breach.unless(keys.count == Keys.headers.count, "a key of the target is skipped")
  }

  func run(_ input: [UInt8]) throws(Breach) -> Bool {
    try checkJSON(input)
    let lines = Lines.split(input, 2)
    guard let header = lines[0], let payload = lines[1], let signature = Lines.text(lines[2]) else {
      return try judge(String(decoding: input, as: UTF8.self))
    }
    try checkJSON(header)
    try checkJSON(payload)
    return try judge("\(Base64URL.encode(header)).\(Base64URL.encode(payload)).\(signature)")
  }

  private func judge(_ token: String) throws(Breach) -> Bool {
    try checkParts(token)
    if let times = UnverifiedTimes.read(Secret(token)) {
      try Breach.unless((0...253_402_300_799).contains(times.exp), "an expiry out of range")
    }
    let verdict = IDTokenVerdict.judge(Secret(token), against: expectation, keys: keys)
    try Breach.unlessShown(verdict.refusal(from: "issuer.test"))
    switch verdict {
    case .failed(let faults):
      try Breach.unless(!faults.isEmpty, "a token is refused for no reason")
      return false
    case .passed(let claims):
      let input = token.split(separator: ".").prefix(2).joined(separator: ".")
      try Breach.unless(signed.contains(input), "a token passes that nobody signed")
      try Breach.unless(claims.subject == "alice", "a token passes for somebody else")
      return true
    }
  }

  /// What was taken apart must be what stood there: no two texts mean the same token.
  private func checkParts(_ token: String) throws(Breach) {
    guard let jws = try? CompactJWS(token) else { return }
    let parts = [jws.header, jws.payload, jws.signature].map { Base64URL.encode($0) }
    try Breach.unless(parts.joined(separator: ".") == token, "a token has two encodings")
    try Breach.unless(
      jws.signingInput.elementsEqual("\(parts[0]).\(parts[1])".utf8),
      "the signed bytes are not those that stood there"
    )
  }

  /// A document ends where it ends: space around it is nothing, anything else is refused.
  private func checkJSON(_ bytes: [UInt8]) throws(Breach) {
    guard let json = try? StrictJSON(parsing: bytes) else { return }
    let again = try? StrictJSON(parsing: [0x20] + bytes + [0x0A])
    try Breach.unless(again == json, "space around a document changes it")
    try Breach.unless(
      (try? StrictJSON(parsing: bytes + [0x2C])) == nil,
      "a comma after JSON passes"
    )
  }
}
