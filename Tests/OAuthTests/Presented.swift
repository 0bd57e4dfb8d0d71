// SPDX-License-Identifier: Apache-2.0

import Crypto
import OAuth

/// A token as an issuer presents it, with what the client expects; by default all of it is right.
struct Presented: Sendable {
  /// Signs the text that goes before the last dot.
  typealias Signature = @Sendable (String) throws -> [UInt8]

  /// Claims that replace those of a right token, or remove one where the text is nil.
  var change: [String: String?] = [:]
  var signer = Forge.Signer.p256
  var header: String?
  var payload: String?
  /// The whole token, if it is none that is made of header, payload and signature.
  var text: String?
  var signature: Signature?
  /// Whether the token answers a refresh, after a login of alice.
  var isRenewal = false
  var announced: [String] = []
  /// The issuer's keys; ``Forge/keySet()`` without it.
  var keys: (@Sendable () throws -> [String])?

  init(
    _ change: [String: String?] = [:],
    signer: Forge.Signer = .p256,
    header: String? = nil,
    payload: String? = nil,
    text: String? = nil,
    isRenewal: Bool = false,
    announced: [String] = [],
    keys: (@Sendable () throws -> [String])? = nil,
    signature: Signature? = nil
  ) {
    self.change = change
    self.signer = signer
    self.header = header
    self.payload = payload
    self.text = text
    self.signature = signature
    self.isRenewal = isRenewal
    self.announced = announced
    self.keys = keys
  }

  func verdict() throws -> IDTokenVerdict {
    var expectation = try Forge.expectation(
      nonce: isRenewal ? .absentOrEqual(Forge.nonce) : .exactly(Forge.nonce),
      accessToken: Forge.access,
      previousSubject: isRenewal ? "alice" : nil
    )
    expectation.algorithms = announced
    let set = try keys.map { try KeySet(parsing: Forge.set(try $0())) } ?? Forge.keySet()
    return IDTokenVerdict.judge(try token(), against: expectation, keys: set)
  }

  private func token() throws -> Secret {
    if let text { return Secret(text) }
    var claims = Forge.claims()
    for (name, value) in change { claims[name] = value }
    let parts = [header ?? Forge.header(signer), payload ?? Forge.object(claims)]
    let input = parts.map { Forge.base64url($0) }.joined(separator: ".")
    let bytes = try signature.map { try $0(input) } ?? Forge.signature(signer, input)
    return Secret("\(input).\(Forge.base64url(bytes))")
  }

  /// The right signature with every byte changed.
  static func inverted(_ signer: Forge.Signer) -> Signature {
    { input in try Forge.signature(signer, input).map { $0 ^ 0x5A } }
  }

  /// `at_hash` of the access token, for the algorithms with SHA-256.
  static let accessTokenHash = Forge.base64url(
    Array(SHA256.hash(data: Array(Forge.access.utf8)).prefix(16))
  )
}
