// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// A certificate and key made by openssl, for an application of the lab's.
enum AKSCertificate {
  /// Runs `body` with a desk at which the application is known by a certificate, and with that certificate and its key
  /// in PEM; `password` encrypts the key, and `registersAnother` has another certificate of that key registered.
  static func withDesk(
    _ application: String,
    password: String? = nil,
    registersAnother: Bool = false,
    _ body: (Desk, _ pem: String) async throws -> Void
  ) async throws {
    let scratch = try PrivateFile.temporaryFolder(prefix: "lanyard-app")
    defer { PrivateFile.removeFolder(scratch) }
    let made = try await ProcessRunner.run([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(scratch)/key.pem",
      "-out", "\(scratch)/cert.pem", "-days", "2", "-subj", "/CN=app",
    ])
    try #require(made.status == 0, "\(made.errors)")
    let shown = try await ProcessRunner.run([
      "openssl", "pkey", "-in", "\(scratch)/key.pem", "-pubout",
    ])
    let certificate = try PrivateFile.read("\(scratch)/cert.pem")
    let another = try await ProcessRunner.run([
      "openssl", "req", "-x509", "-key", "\(scratch)/key.pem", "-days", "3", "-subj", "/CN=another",
    ])
    try #require(another.status == 0, "\(another.errors)")
    var key = try PrivateFile.read("\(scratch)/key.pem")
    if let password {
      let locked = try await ProcessRunner.run([
        "openssl", "pkcs8", "-topk8", "-in", "\(scratch)/key.pem", "-passout", "pass:\(password)",
      ])
      try #require(locked.status == 0, "\(locked.errors)")
      key = locked.output
    }
    try await Desk.withEntra(
      { options in
        options.clients.append(LabClient(application, method: .privateKeyJWT, key: shown.output))
      },
      entra: { $0.certificates[application] = registersAnother ? another.output : certificate }
    ) { desk in
      try await body(desk, certificate + key)
    }
  }
}
