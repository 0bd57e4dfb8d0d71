// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import OAuth

extension ClientCredential.Method: Choice {}

/// How the OAuth client shows who it is; secrets come from files and variables, never from an argument.
package struct ClientOptions: ParsableArguments {
  /// Path of the file with the client's secret.
  @Option(
    help: ArgumentHelp(
      "A file with the client's secret, for confidential clients. It is sent only to an issuer that you trusted.",
      valueName: "file"
    ),
    completion: .file()
  )
  package var clientSecretFile: String?

  /// Name of the variable with the client's secret.
  @Option(
    help: ArgumentHelp(
      "An environment variable with the client's secret; sent only to an issuer that you trusted.",
      valueName: "name"
    )
  )
  package var clientSecretEnv: String?

  /// Name of the client's secret in the user's own configuration.
  @Option(
    help: ArgumentHelp(
      "The name of the client's secret in your own configuration, which may have a secrets manager print it.",
      valueName: "name"
    )
  )
  package var clientSecretFrom: String?

  /// Path of the file with the client's private key.
  @Option(
    help: ArgumentHelp(
      "A file with the client's private key (PEM), for private_key_jwt and for --client-certificate-file.",
      valueName: "file"
    ),
    completion: .file()
  )
  package var clientKeyFile: String?

  /// Name of the variable with the client's private key.
  @Option(
    help: ArgumentHelp(
      "An environment variable with the client's private key (PEM).",
      valueName: "name"
    )
  )
  package var clientKeyEnv: String?

  /// Name of the client's private key in the user's own configuration.
  @Option(
    help: ArgumentHelp(
      "The name of the client's private key in your own configuration.",
      valueName: "name"
    )
  )
  package var clientKeyFrom: String?

  /// The key id to name in assertions.
  @Option(
    help: ArgumentHelp(
      "The key id that the issuer knows the key by; its RFC 7638 thumbprint unless given.",
      valueName: "kid"
    )
  )
  package var clientKeyID: String?

  /// Path of the file with the client's certificate chain.
  @Option(
    help: ArgumentHelp(
      "A file with the client's certificate chain (PEM), for tls_client_auth (RFC 8705).",
      valueName: "file"
    ),
    completion: .file()
  )
  package var clientCertificateFile: String?

  /// Name of the variable with the client's certificate chain.
  @Option(
    help: ArgumentHelp(
      "An environment variable with the client's certificate chain (PEM).",
      valueName: "name"
    )
  )
  package var clientCertificateEnv: String?

  /// Name of the client's certificate chain in the user's own configuration.
  @Option(
    help: ArgumentHelp(
      "The name of the client's certificate chain (PEM) in your own configuration.",
      valueName: "name"
    )
  )
  package var clientCertificateFrom: String?

  /// The method, if the issuer's metadata shall not decide.
  @Option(
    help: ArgumentHelp(
      "How the client authenticates; decided by what is given and what the issuer offers, unless said.",
      valueName: "method"
    )
  )
  package var clientAuth: ClientCredential.Method?

  /// Where the secret comes from, if there is one.
  var secretSource: SecretSource? {
    SecretSource(
      file: (clientSecretFile, "--client-secret-file"),
      variable: (clientSecretEnv, "--client-secret-env"),
      configured: (clientSecretFrom, "--client-secret-from")
    )
  }

  /// Where the private key comes from, if there is one.
  var keySource: SecretSource? {
    SecretSource(
      file: (clientKeyFile, "--client-key-file"),
      variable: (clientKeyEnv, "--client-key-env"),
      configured: (clientKeyFrom, "--client-key-from")
    )
  }

  /// Where the certificate chain comes from, if there is one.
  var certificateSource: SecretSource? {
    SecretSource(
      file: (clientCertificateFile, "--client-certificate-file"),
      variable: (clientCertificateEnv, "--client-certificate-env"),
      configured: (clientCertificateFrom, "--client-certificate-from")
    )
  }

  /// The same client, without what it shows who it is with.
  var withoutMaterial: ClientOptions {
    var copy = self
    copy.clientSecretFile = nil
    copy.clientSecretEnv = nil
    copy.clientSecretFrom = nil
    copy.clientKeyFile = nil
    copy.clientKeyEnv = nil
    copy.clientKeyFrom = nil
    copy.clientKeyID = nil
    copy.clientCertificateFile = nil
    copy.clientCertificateEnv = nil
    copy.clientCertificateFrom = nil
    copy.clientAuth = nil
    return copy
  }

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// Throws a usage error for options that contradict each other.
  package func validate() throws {
    try SecretSource.checkOne([
      (clientSecretFile, "--client-secret-file"), (clientSecretEnv, "--client-secret-env"),
      (clientSecretFrom, "--client-secret-from"),
    ])
    try SecretSource.checkOne([
      (clientKeyFile, "--client-key-file"), (clientKeyEnv, "--client-key-env"),
      (clientKeyFrom, "--client-key-from"),
    ])
    try SecretSource.checkOne([
      (clientCertificateFile, "--client-certificate-file"),
      (clientCertificateEnv, "--client-certificate-env"),
      (clientCertificateFrom, "--client-certificate-from"),
    ])
    if certificateSource != nil, keySource == nil {
      throw ValidationError("a certificate of the client needs its key: --client-key-file")
    }
    if clientKeyID != nil, keySource == nil {
      throw ValidationError("--client-key-id is for --client-key-file")
    }
    if let clientAuth { try validate(clientAuth) }
  }

  private func validate(_ method: ClientCredential.Method) throws {
    let missing: String? =
      switch method {
      case .none: nil
      // Where no secret is named, it is asked for at the login.
      case .secretBasic, .secretPost, .secretJWT: nil
      case .privateKeyJWT: keySource == nil ? "--client-key-file" : nil
      case .tlsCertificate, .selfSignedCertificate:
        certificateSource == nil ? "--client-certificate-file" : nil
      }
    if let missing {
      throw ValidationError("--client-auth \(method.rawValue) needs \(missing)")
    }
    if method == .none, secretSource != nil || keySource != nil {
      throw ValidationError("--client-auth none contradicts a secret or key of the client")
    }
  }

  func add(to words: inout OptionWords) {
    words.add("--client-secret-file", clientSecretFile)
    words.add("--client-secret-env", clientSecretEnv)
    words.add("--client-secret-from", clientSecretFrom)
    words.add("--client-key-file", clientKeyFile)
    words.add("--client-key-env", clientKeyEnv)
    words.add("--client-key-from", clientKeyFrom)
    words.add("--client-key-id", clientKeyID)
    words.add("--client-certificate-file", clientCertificateFile)
    words.add("--client-certificate-env", clientCertificateEnv)
    words.add("--client-certificate-from", clientCertificateFrom)
    words.add("--client-auth", clientAuth?.rawValue)
  }
}
