// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host
import OAuth

/// The request that options make: checks what they say and reads the files and variables that they name.
struct RequestComposition {
  private let options: OIDCOptions
  private let environment: [String: String]
  private let beforeCommand: @Sendable (Issuer) throws(Failure) -> Void

  /// `beforeCommand` throws where no command of a secrets manager may run for an issuer.
  init(
    _ options: OIDCOptions,
    _ environment: [String: String],
    beforeCommand: @escaping @Sendable (Issuer) throws(Failure) -> Void
  ) {
    self.options = options
    self.environment = environment
    self.beforeCommand = beforeCommand
  }

  /// Throws a usage failure for what is missing, a configuration failure for what is wrong.
  func request() async throws(Failure) -> CredentialRequest {
    let issuer = try issuer()
    let defaults = try ProviderDefaults(options, issuer: issuer)
    try defaults.check()
    let grant = options.grant
    return CredentialRequest(
      issuer: issuer,
      client: try await client(issuer),
      grant: grant.grantType,
      username: grant.password.username,
      subjectTokenType: grant.grantType == .tokenExchange ? grant.subjectTokenType : "",
      scopes: defaults.scopes,
      audience: options.authorization.audience,
      resources: options.authorization.resources,
      parameters: defaults.parameters,
      account: options.account,
      token: options.token,
      authorities: try authorities(),
      manner: CredentialRequest.Manner(
        provider: defaults.preset?.name,
        offlineIfListed: defaults.guessesOffline,
        redirectURI: options.authorization.redirectURI,
        responseMode: options.authorization.responseMode,
        par: options.authorization.par,
        dpop: options.authorization.dpop
      )
    )
  }

  private func issuer() throws(Failure) -> Issuer {
    guard let issuerURL = options.issuerURL, !issuerURL.isEmpty else {
      throw Failure(
        exitCode: ExitCodes.usage,
        "--issuer-url is missing",
        remedy: "say which issuer: --issuer-url https://id.example.com/realms/dev"
      )
    }
    do {
      return try Issuer(issuerURL)
    } catch {
      throw Failure(CredentialsError(error))
    }
  }

  private func client(_ issuer: Issuer) async throws(Failure) -> OAuthClient {
    let client = options.client
    guard let id = options.clientID, !id.isEmpty else {
      throw Failure(
        exitCode: ExitCodes.usage,
        "--client-id is missing",
        remedy: "say which OAuth client: --client-id kubernetes"
      )
    }
    let mayRun: @Sendable () throws(Failure) -> Void = { () throws(Failure) in
      try beforeCommand(issuer)
    }
    let secrets = SecretReader(environment: environment, beforeCommand: mayRun)
    var secret: Secret?
    if let source = client.secretSource { secret = try await secrets.line(source) }
    var key: Secret?
    if let source = client.keySource { key = try await secrets.text(source) }
    return OAuthClient(
      id: id,
      method: client.clientAuth,
      secret: secret,
      key: key,
      keyID: client.clientKeyID,
      certificate: try await certificate(client.certificateSource, secrets)
    )
  }

  /// The client's certificate chain; empty if it has none.
  private func certificate(
    _ source: SecretSource?,
    _ secrets: SecretReader
  ) async throws(Failure) -> [UInt8] {
    guard let source else { return [] }
    let bytes = Array(try await secrets.text(source).expose().utf8)
    guard CertificateBundle.isReadable(bytes) else { throw noCertificates(source.words) }
    return bytes
  }

  /// The authorities beside the system's: of the option, then of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
  ///
  /// All of them are part of whose session it is, because a kubeconfig can set the variables.
  private func authorities() throws(Failure) -> [UInt8] {
    let named = try certificates(options.certificateAuthority, "--certificate-authority")
    do throws(HostError) {
      let added = try EnvironmentAuthorities.added(environment: environment)
      // The line end, because the file may lack its last one.
      return named.isEmpty || added.isEmpty ? named + added : named + [0x0a] + added
    } catch {
      throw Failure(
        exitCode: ExitCodes.configuration,
        error.message,
        remedy: error.remedy ?? "correct SSL_CERT_FILE, or unset it",
        cause: error
      )
    }
  }

  /// The certificates of a file; none if no file is named.
  private func certificates(_ path: String?, _ option: String) throws(Failure) -> [UInt8] {
    guard let path else { return [] }
    let bytes = try OptionFile(path: path, option: option).bytes()
    guard CertificateBundle.isReadable(bytes) else {
      throw noCertificates(option, ": \(path)")
    }
    return bytes
  }

  private func noCertificates(_ what: String, _ place: String = "") -> Failure {
    Failure(
      exitCode: ExitCodes.configuration,
      "\(what) holds no certificates in PEM\(place)",
      remedy: "name a file with -----BEGIN CERTIFICATE----- in it"
    )
  }
}
