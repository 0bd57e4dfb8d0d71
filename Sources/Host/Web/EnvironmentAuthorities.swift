// SPDX-License-Identifier: Apache-2.0

/// The certificate authorities that `SSL_CERT_FILE` and `SSL_CERT_DIR` add to the system's.
///
/// They add and never replace, and whoever uses them must treat them as part of whose session it is: together with a
/// proxy, a kubeconfig that sets them (`exec.env`) could otherwise read the refresh token of an existing session. What
/// the system trusts anyway is left out, so that a variable which names the system's own bundle changes nothing.
package enum EnvironmentAuthorities {
  /// The most bytes of certificates in all.
  private static let limit = 4 << 20

  /// Where systems keep their bundle; the TLS library reads the first that exists.
  package static let systemFiles = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
  ]

  /// Reads what the variables name.
  ///
  /// - Parameters:
  ///   - environment: The process environment.
  ///   - systemFiles: Bundles that are trusted already.
  /// - Returns: The certificates, in PEM and in an order that depends on nothing else; empty if there are none to add.
  /// - Throws: `.notOurFile`, `.tooLarge` or `.system` if a file that was named cannot be read.
  package static func added(
    environment: [String: String],
    systemFiles: [String] = systemFiles
  ) throws(HostError) -> [UInt8] {
    var paths: [String] = []
    if let file = environment["SSL_CERT_FILE"], !file.isEmpty { paths.append(file) }
    for folder in (environment["SSL_CERT_DIR"] ?? "").split(separator: ":") {
      paths += Files.names(inFolder: String(folder)).sorted().map { "\(folder)/\($0)" }
    }
    paths.removeAll { systemFiles.contains($0) }
    guard !paths.isEmpty else { return [] }
    var rest = limit
    var found: Set<[UInt8]> = []
    for path in paths {
      guard let bytes = try named(path, environment, limit: rest) else { continue }
      rest -= bytes.count
      found.formUnion(certificates(bytes))
    }
    for file in systemFiles where !found.isEmpty {
      // The system's own bundle may be unreadable; then nothing of it is left out.
      guard let bytes = try? Files.readBounded(file, limit: limit) else { continue }
      found.subtract(certificates(bytes))
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(pem)
  }

  /// The names of those of the two variables that add certificates, for a message.
  package static func contributing(
    environment: [String: String],
    systemFiles: [String] = systemFiles
  ) -> [String] {
    ["SSL_CERT_FILE", "SSL_CERT_DIR"].filter { name in
      let alone = environment.filter { $0.key == name }
      return (try? added(environment: alone, systemFiles: systemFiles))?.isEmpty == false
    }
  }

  /// A file's content; what lies in a folder without being a file of ours to read is passed over.
  private static func named(
    _ path: String,
    _ environment: [String: String],
    limit: Int
  ) throws(HostError) -> [UInt8]? {
    guard path == environment["SSL_CERT_FILE"] else {
      return try? Files.readBounded(path, limit: limit)
    }
    if let bytes = try Files.readBounded(path, limit: limit) { return bytes }
    throw HostError(
      .notOurFile,
      "SSL_CERT_FILE names \(Terminal.escape(path)), which does not exist",
      remedy: "correct the variable, or unset it"
    )
  }

  /// The base64 text of each certificate in a bundle, without line ends (RFC 7468 §5).
  ///
  /// Bytes and not strings: a system's bundle is 200 kB, and many environments name it.
  private static func certificates(_ bytes: [UInt8]) -> Set<[UInt8]> {
    var found: Set<[UInt8]> = []
    var current: [UInt8]?
    for line in bytes.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
      if line.elementsEqual(begin) {
        current = []
      } else if line.elementsEqual(end) {
        if let text = current, !text.isEmpty { found.insert(text) }
        current = nil
      } else if current != nil {
        current?.append(contentsOf: line.lazy.filter { $0 != 0x20 && $0 != 0x09 })
      }
    }
    return found
  }

  private static let begin = Array("-----BEGIN CERTIFICATE-----".utf8)
  private static let end = Array("-----END CERTIFICATE-----".utf8)

  private static func pem(_ text: [UInt8]) -> [UInt8] {
    var lines = begin + [0x0a]
    for start in stride(from: 0, to: text.count, by: 64) {
      lines += text[start..<min(start + 64, text.count)] + [0x0a]
    }
    return lines + end + [0x0a]
  }
}
