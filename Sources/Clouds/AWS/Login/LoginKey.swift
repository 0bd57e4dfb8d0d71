// SPDX-License-Identifier: Apache-2.0

import Crypto
package import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The P-256 key of a console sign-in, in the form that the AWS tools keep it in: SEC 1 as PEM.
package enum LoginKey {
  private static let label = "EC PRIVATE KEY"
  /// Of an ECPrivateKey (RFC 5915) of P-256 with its public half: what comes before, between and behind the numbers.
  private static let head: [UInt8] = [0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20]
  private static let curve: [UInt8] = [
    0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
  ]
  private static let point: [UInt8] = [0xA1, 0x44, 0x03, 0x42, 0x00]

  /// The key of a PEM text; nil if it is none of P-256.
  package static func key(pem: Secret) -> DPoPKey? {
    let text = pem.expose()
    guard text.utf8.count <= 4096,
      let key = try? P256.Signing.PrivateKey(pemRepresentation: text)
    else { return nil }
    return try? DPoPKey(random: Array(key.rawRepresentation))
  }

  /// The PEM text of a key, in lines of 64 characters.
  package static func pem(_ key: DPoPKey) -> Secret {
    guard let number = Base64URL.decode(key.stored.expose().utf8),
      let own = try? P256.Signing.PrivateKey(rawRepresentation: number)
    else { return Secret("") }
    let der = head + number + curve + point + Array(own.publicKey.x963Representation)
    let base64 = Data(der).base64EncodedString()
    var lines = ["-----BEGIN \(label)-----"]
    var rest = base64[...]
    while !rest.isEmpty {
      lines.append(String(rest.prefix(64)))
      rest = rest.dropFirst(64)
    }
    return Secret((lines + ["-----END \(label)-----", ""]).joined(separator: "\n"))
  }
}
