// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A workload that shows a certificate: the connection proves the key, the subject token names the chain
/// (cloud.google.com/iam/docs/workload-identity-federation-with-x509-certificates).
struct CertificateSubject: Sendable {
  /// Bytes of a certificate chain or a key.
  private static let limit = 64 * 1024

  let effects: CloudEffects
  let origin: Origin

  /// Chain and key for the connection, and the subject token: a JSON array of the certificates in base64, leaf first.
  ///
  /// Throws `.configuration` for files that are missing or are none.
  func found(_ source: CertificateSource) throws(CloudError) -> SubjectToken.Found {
    let path = configuration(source)
    guard let (certificatePath, keyPath) = Self.workload(in: try read(path)) else {
      throw origin.wrong("\(Text.line(path)) names no workload certificate and key")
    }
    let certificate = try read(certificatePath)
    guard let leaf = Self.blocks(certificate).first else {
      throw origin.wrong("there is no certificate in \(Text.line(certificatePath))")
    }
    var chain = [leaf]
    if let path = source.chain {
      for block in Self.blocks(try read(path)) where block != leaf { chain.append(block) }
    }
    return SubjectToken.Found(
      token: Secret(TokenCall.json(chain)),
      trust: TransportTrust(
        authorities: [],
        certificate: certificate,
        key: Secret(String(decoding: try read(keyPath), as: UTF8.self))
      )
    )
  }

  /// The files that say whose certificate it is: the one that names it, and its own.
  ///
  /// Throws what reading throws.
  func paths(_ source: CertificateSource) throws(CloudError) -> [String] {
    let path = configuration(source)
    let bytes = try effects.readFile(path, Self.limit) ?? []
    return [path] + (Self.workload(in: bytes).map { [$0.certificate] } ?? [])
  }

  private func configuration(_ source: CertificateSource) -> String {
    source.configuration ?? "\(GcloudFolder(effects).path ?? "")/certificate_config.json"
  }

  private static func workload(in bytes: [UInt8]) -> (certificate: String, key: String)? {
    guard let workload = (try? StrictJSON(parsing: bytes))?["cert_configs"]?["workload"],
      let certificate = workload["cert_path"]?.string, let key = workload["key_path"]?.string
    else { return nil }
    return (certificate, key)
  }

  private func read(_ path: String) throws(CloudError) -> [UInt8] {
    guard let bytes = try effects.readFile(path, Self.limit) else {
      throw origin.wrong("\(Text.line(path)) cannot be read")
    }
    return bytes
  }

  /// The base64 of every certificate in a PEM text.
  static func blocks(_ pem: [UInt8]) -> [String] {
    var blocks: [String] = []
    var current: String?
    for line in String(decoding: pem, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let line = String(line.filter { !$0.isWhitespace })
      switch line {
      case "-----BEGINCERTIFICATE-----": current = ""
      case "-----ENDCERTIFICATE-----":
        if let block = current, !block.isEmpty { blocks.append(block) }
        current = nil
      default: current? += line
      }
    }
    return blocks
  }
}
