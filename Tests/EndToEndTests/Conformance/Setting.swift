// SPDX-License-Identifier: Apache-2.0

import Lab

/// How a lab and its client are set up for a row.
struct Setting: Sendable {
  var lab: @Sendable (inout LabOptions) throws -> Void = { _ in }
  /// Arguments after `get-token oidc --issuer-url …`; may write files.
  var arguments: @Sendable (Desk) throws -> [String] = { _ in ["--client-id", "lanyard"] }
  /// Whether a secret or key is used, which an issuer has to be trusted with.
  var needsTrust = false

  /// A public client.
  static let plain = Setting()

  /// A public client with more arguments.
  static func with(
    _ more: [String],
    _ lab: @escaping @Sendable (inout LabOptions) -> Void = { _ in }
  )
    -> Setting
  {
    Setting(lab: lab, arguments: { _ in ["--client-id", "lanyard"] + more })
  }

  /// A public client of a lab that is set up in another way.
  static func lab(_ lab: @escaping @Sendable (inout LabOptions) -> Void) -> Setting {
    with([], lab)
  }

  static func keySet(_ shape: KeySetShape) -> Setting { .lab { $0.keySetShape = shape } }

  static let es256 = Setting.lab { $0.algorithm = .es256 }

  /// A client with a secret in the Authorization header.
  static let secretBasic = Setting(
    arguments: { desk in
      let file = "\(desk.folder)/client-secret"
      try PrivateFile.write("lanyard-confidential-secret\n", to: file)
      return ["--client-id", "lanyard-confidential", "--client-secret-file", file]
    },
    needsTrust: true
  )

  /// A client with a certificate (RFC 8705).
  static let mutualTLS = Setting(
    lab: { options in
      options.issuerTLS = true
      options.clients = [LabClient("robot", method: .tls)]
    },
    arguments: { desk in
      let certificate = try desk.lab.issueClientCertificate("robot")
      let files = ["ca.pem", "robot.pem", "robot.key"].map { "\(desk.folder)/\($0)" }
      let texts = [desk.lab.caPEM, certificate.certificatePEM, certificate.keyPEM]
      for (file, text) in zip(files, texts) { try PrivateFile.write(text, to: file) }
      return [
        "--client-id", "robot", "--certificate-authority", files[0],
        "--client-certificate-file", files[1], "--client-key-file", files[2],
      ]
    },
    needsTrust: true
  )

  /// The FAPI 2.0 security profile: private_key_jwt, pushed requests, and tokens bound by DPoP.
  static func fapi2(nonce: Bool = true) -> Setting {
    Setting(
      lab: { options in
        options.clients = [LabClient("fapi", method: .privateKeyJWT, key: publicKey)]
        options.pushedRequests = .required
        options.dpop = .required
        options.dpopNonce = nonce
      },
      arguments: { desk in
        let file = "\(desk.folder)/client-key.pem"
        try PrivateFile.write(privateKey, to: file)
        return ["--client-id", "fapi", "--client-key-file", file]
      },
      needsTrust: true
    )
  }

  /// Made for these tests and used nowhere else.
  private static let privateKey = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgw28LPGwMZy7cSyDB
    HAa5xAgeL3FsyAJEhoy5xBlHObqhRANCAAQEAn+PwOPxINjh6pwHMmOJXOEmJ7ZZ
    ZQtKUCfp0EdIVECB9zo41JBW6vUr7mYFMOAZtDMj0aThobdx2mm0+3G/
    -----END PRIVATE KEY-----

    """

  private static let publicKey = """
    -----BEGIN PUBLIC KEY-----
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBAJ/j8Dj8SDY4eqcBzJjiVzhJie2
    WWULSlAn6dBHSFRAgfc6ONSQVur1K+5mBTDgGbQzI9Gk4aG3cdpptPtxvw==
    -----END PUBLIC KEY-----

    """

  /// Sets up a desk, and trusts its issuer where that is needed.
  func stage(_ body: (Stage) async throws -> Void) async throws {
    try await Desk.with(lab) { desk in
      let account = needsTrust ? try desk.account() : [:]
      if needsTrust {
        let trusted = try await desk.lanyard(["trust", desk.lab.issuer], account)
        guard trusted.status == 0 else { throw LabError(.process, trusted.errors) }
      }
      let options = ["--issuer-url", desk.lab.issuer] + (try arguments(desk))
      try await body(Stage(desk: desk, options: options, variables: account))
    }
  }
}
