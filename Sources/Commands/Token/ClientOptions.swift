// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import OAuth

extension ClientCredential.Method: ExpressibleByArgument {}

/// How the OAuth client shows who it is; secrets come from files and variables, never from an argument.
package struct ClientOptions: ParsableArguments {
  /// The OAuth client.
  @Option(help: "The OAuth client that kubectl logs in as.")
  package var clientID: String?

  /// Path of the file with the client's secret.
  @Option(
    help: ArgumentHelp(
      "A file with the client's secret, for confidential clients. It is sent only to an issuer that you trusted.",
      valueName: "file"
    )
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

  /// Path of the file with the client's private key.
  @Option(
    help: ArgumentHelp(
      "A file with the client's private key (PEM), for private_key_jwt and for --client-certificate-file.",
      valueName: "file"
    )
  )
  package var clientKeyFile: String?

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
    )
  )
  package var clientCertificateFile: String?

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
      variable: (clientSecretEnv, "--client-secret-env")
    )
  }

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// Throws a usage error for options that contradict each other.
  package func validate() throws {
    if clientSecretFile != nil, clientSecretEnv != nil {
      throw ValidationError("--client-secret-file and --client-secret-env contradict each other")
    }
    if clientCertificateFile != nil, clientKeyFile == nil {
      throw ValidationError("--client-certificate-file needs its key: --client-key-file")
    }
    if clientKeyID != nil, clientKeyFile == nil {
      throw ValidationError("--client-key-id is for --client-key-file")
    }
    if let clientAuth { try validate(clientAuth) }
  }

  private func validate(_ method: ClientCredential.Method) throws {
    let hasSecret = clientSecretFile != nil || clientSecretEnv != nil
    let missing: String? =
      switch method {
      case .none: nil
      // Where no secret is named, it is asked for at the login.
      case .secretBasic, .secretPost, .secretJWT: nil
      case .privateKeyJWT: clientKeyFile == nil ? "--client-key-file" : nil
      case .tlsCertificate, .selfSignedCertificate:
        clientCertificateFile == nil ? "--client-certificate-file" : nil
      }
    if let missing {
      throw ValidationError("--client-auth \(method.rawValue) needs \(missing)")
    }
    if method == .none, hasSecret || clientKeyFile != nil {
      throw ValidationError("--client-auth none contradicts a secret or key of the client")
    }
  }

  func add(to words: inout OptionWords) {
    words.add("--client-id", clientID)
    words.add("--client-secret-file", clientSecretFile)
    words.add("--client-secret-env", clientSecretEnv)
    words.add("--client-key-file", clientKeyFile)
    words.add("--client-key-id", clientKeyID)
    words.add("--client-certificate-file", clientCertificateFile)
    words.add("--client-auth", clientAuth?.rawValue)
  }
}
