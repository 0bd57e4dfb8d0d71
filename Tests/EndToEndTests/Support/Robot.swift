// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keys as people make them for a client.
enum OpenSSL {
  /// A private key in PKCS #8 with its public key, both PEM.
  struct KeyPair: Sendable {
    let privatePEM: String
    let publicPEM: String
  }

  /// Makes a key; `kind` is `RSA`, `P-256` or `ED25519`.
  static func key(_ kind: String) async throws -> KeyPair {
    let words =
      switch kind {
      case "RSA": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
      case "P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
      default: ["-algorithm", kind]
      }
    let folder = try PrivateFile.temporaryFolder(prefix: "lanyard-key")
    defer { PrivateFile.removeFolder(folder) }
    let file = "\(folder)/key.pem"
    let made = try await ProcessRunner.run(["openssl", "genpkey", "-out", file] + words)
    try #require(made.status == 0, "\(made.errors)")
    let shown = try await ProcessRunner.run(["openssl", "pkey", "-in", file, "-pubout"])
    try #require(shown.status == 0, "\(shown.errors)")
    return KeyPair(privatePEM: try PrivateFile.read(file), publicPEM: shown.output)
  }
}

extension Desk {
  /// Puts a text into a file of the desk; gives its path.
  func file(_ name: String, _ text: String) throws -> String {
    let path = "\(folder)/\(name)"
    try PrivateFile.write(text, to: path)
    return path
  }

  /// Trusts the lab's issuer, or another address, with secrets.
  func trust(_ address: String? = nil) async throws {
    let result = try await lanyard(["trust", address ?? lab.issuer], account())
    #expect(result.status == 0, "\(result.errors)")
  }

  /// The words without `get-token oidc`, for `login` and `logout`.
  func session(_ words: [String]) -> [String] { Array(words.dropFirst(2)) }

  /// How the client authenticated in the events of a kind.
  func methods(_ kind: LabEvent.Kind) -> [String] {
    lab.log().filter { $0.kind == kind }.map { $0.method ?? "none" }
  }
}

extension Outcome {
  /// The claims of the token, whoever signed it.
  var claims: JSONValue {
    get throws {
      let parts = try token.split(separator: ".")
      try #require(parts.count == 3)
      let text = parts[1].replacing("-", with: "+").replacing("_", with: "/")
      let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
      let bytes = try #require(Data(base64Encoded: String(padded)))
      return try JSONValue.parse(String(decoding: bytes, as: UTF8.self))
    }
  }
}
