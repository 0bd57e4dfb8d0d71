// SPDX-License-Identifier: Apache-2.0

package import Clouds
import Crypto
package import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// A certificate of an application, its key, and the statements that they sign.
package struct ClientCertificate: Sendable {
  let key: RSAKey
  /// DER, the key's own first.
  let chain: [[UInt8]]

  /// A key and certificates in any order; throws `configuration` if none of them is the key's.
  ///
  /// A certificate holds the modulus of its key as a run of bytes, so a parser is not needed to find it.
  package init(key: RSAKey, certificates: [[UInt8]], from path: String) throws(CloudError) {
    guard
      let own = certificates.firstIndex(where: { $0.firstRange(of: key.modulus) != nil })
    else {
      throw Self.refusal(path, "it has no certificate for its key")
    }
    self.key = key
    var others = certificates
    let first = others.remove(at: own)
    chain = [first] + others
  }

  /// Seconds that a statement lives, as MSAL has them (`apps/internal/oauth/ops/accesstokens`).
  private static let life: Int64 = 600

  /// A statement of the client for one request (RFC 7523 §2.2): PS256, the certificate's SHA-256 in `x5t#S256`, the
  /// chain in `x5c` for applications that trust a name and issuer.
  ///
  /// `id` makes it unique: 16 random bytes at least. Throws `configuration` for a key that does not sign.
  package func assertion(
    client: String,
    endpoint: String,
    id: [UInt8],
    now: Date
  ) throws(CloudError) -> Secret {
    let begin = Int64(now.timeIntervalSince1970)
    let header: [String: StrictJSON] = [
      "alg": .string("PS256"), "typ": .string("JWT"),
      "x5t#S256": .string(Base64URL.encode(SHA256.hash(data: chain[0]))),
      "x5c": .array(chain.map { .string(Data($0).base64EncodedString()) }),
    ]
    let payload: [String: StrictJSON] = [
      "aud": .string(endpoint), "iss": .string(client), "sub": .string(client),
      "jti": .string(Base64URL.encode(id)), "nbf": .integer(begin),
      "exp": .integer(begin + Self.life),
    ]
    do {
      return Secret(
        try CompactJWS.make(header: header, payload: payload) { input in
          try key.signature(over: input, pss: true)
        }
      )
    } catch {
      throw CloudError(
        .configuration,
        "the key of the client certificate does not sign",
        remedy: "give another certificate: --client-certificate",
        cause: error
      )
    }
  }

  static func refusal(_ path: String, _ reason: String) -> CloudError {
    CloudError(
      .configuration,
      "the client certificate \(path) cannot be used: \(reason)",
      remedy: "give a file with certificate and key, PEM or PFX, as --client-certificate"
    )
  }
}

/// Reads client certificates: PEM here, PFX and encrypted keys with what the host can.
package struct CertificateFile: Sendable {
  /// The key (DER) and certificates (DER) of a PKCS #12 file, or of a PEM file with an encrypted key, by its password;
  /// throws why not, in words for a message.
  package typealias OpenPFX =
    @Sendable (_ bytes: [UInt8], _ password: Secret?) throws(RSAKey.Flaw) -> (
      key: [UInt8], certificates: [[UInt8]]
    )

  /// Far above any chain with its key.
  private static let limit = 256 * 1024

  /// The path, or what a message calls a text that is in no file.
  let path: String
  private let text: Secret?
  let password: Secret?
  let openPFX: OpenPFX

  /// The file at a path, and the password of its key if that has one.
  package init(path: String, password: Secret?, openPFX: @escaping OpenPFX) {
    self.path = path
    text = nil
    self.password = password
    self.openPFX = openPFX
  }

  /// What such a file holds, from elsewhere: PEM, or either format in base64.
  package init(text: Secret, password: Secret?, openPFX: @escaping OpenPFX) {
    path = "that was given as a secret"
    self.text = text
    self.password = password
    self.openPFX = openPFX
  }

  private func bytes(_ effects: CloudEffects) throws(CloudError) -> [UInt8]? {
    guard let text = text?.expose() else { return try effects.readFile(path, Self.limit) }
    guard text.utf8.count <= Self.limit else {
      throw ClientCertificate.refusal(path, "it is too large")
    }
    if text.contains("-----BEGIN ") { return Array(text.utf8) }
    guard let data = Data(base64Encoded: text.filter { !$0.isWhitespace }) else {
      throw ClientCertificate.refusal(path, "it is neither PEM nor base64")
    }
    return Array(data)
  }

  /// Reads the file; throws `configuration` for one that is missing or holds no key and certificate.
  package func read(_ effects: CloudEffects) throws(CloudError) -> ClientCertificate {
    guard let bytes = try bytes(effects), !bytes.isEmpty else {
      throw ClientCertificate.refusal(path, "it is missing or empty")
    }
    let key: RSAKey
    let certificates: [[UInt8]]
    do throws(RSAKey.Flaw) {
      let isPEM = bytes.firstRange(of: Array("-----BEGIN ".utf8)) != nil
      let isLocked = !isPEM || (password != nil && PEM(bytes).isEncrypted)
      let parts = isLocked ? try openPFX(bytes, password) : try PEM(bytes).parts()
      key = try RSAKey(der: parts.key)
      certificates = parts.certificates
    } catch {
      throw ClientCertificate.refusal(path, error.reason)
    }
    return try ClientCertificate(key: key, certificates: certificates, from: path)
  }
}

/// The blocks of a PEM file (RFC 7468).
private struct PEM {
  private let lines: [Substring]

  init(_ bytes: [UInt8]) {
    lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
  }

  /// Whether a key is behind a password: by its label, or by the headers of OpenSSL's older format.
  var isEncrypted: Bool {
    lines.contains { $0.contains("ENCRYPTED PRIVATE KEY") || $0.hasSuffix(",ENCRYPTED") }
  }

  /// The one key and the certificates.
  func parts() throws(RSAKey.Flaw) -> (key: [UInt8], certificates: [[UInt8]]) {
    let labels = isEncrypted ? [] : ["PRIVATE KEY", "RSA PRIVATE KEY"]
    var keys: [[UInt8]] = []
    for label in labels { keys += try blocks(label) }
    guard let key = keys.first else {
      throw RSAKey.Flaw(
        reason: isEncrypted
          ? "its key is encrypted; give its password, or write it without one: openssl pkcs8"
          : "it has no RSA key"
      )
    }
    return (key, try blocks("CERTIFICATE"))
  }

  private func blocks(_ label: String) throws(RSAKey.Flaw) -> [[UInt8]] {
    var found: [[UInt8]] = []
    var rest = lines[...]
    while let begin = rest.firstIndex(of: "-----BEGIN \(label)-----") {
      guard let end = rest[begin...].firstIndex(of: "-----END \(label)-----") else {
        throw RSAKey.Flaw(reason: "a block of it has no end")
      }
      let text = rest[(begin + 1)..<end].joined().filter { !$0.isWhitespace }
      guard let data = Data(base64Encoded: text), !data.isEmpty else {
        throw RSAKey.Flaw(reason: "a block of it is not base64")
      }
      found.append(Array(data))
      rest = rest[(end + 1)...]
    }
    return found
  }
}
