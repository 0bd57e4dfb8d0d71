// SPDX-License-Identifier: Apache-2.0

package import ReadyCredential

/// The credential for an EKS cluster where static keys sign it: made without the full program.
///
/// No network, no thread, no Foundation. Whatever is out of the ordinary, down to a file that cannot be read, is left
/// to the full program, which gives the same bytes for what is answered here, and says what is wrong with the rest.
package enum StaticKeyAnswer {
  /// The very bytes to print; nil if the full program has to answer.
  ///
  /// `arguments` are those after argv[0].
  package static func bytes(
    arguments: [[UInt8]],
    surroundings: Surroundings,
    now: UnixTime
  ) -> [UInt8]? {
    guard let arguments = EKSArguments(arguments),
      let version = ExecVersionScan.version(surroundings.variable("KUBERNETES_EXEC_INFO"))
    else { return nil }
    let environment = AWSEnvironment(surroundings)
    guard let configuration = configuration(environment) else { return nil }
    let name = environment.profileName(option: arguments.profile)
    let profile = configuration.profile(name)
    guard profile != nil || name == "default",
      let endpoint = endpoint(arguments, environment, profile),
      let credentials = credentials(arguments, environment, configuration, profile)
    else { return nil }
    let seconds = floorSeconds(now)
    guard credentials.expiration.map({ $0 > seconds }) ?? true,
      let token = ClusterToken(
        cluster: arguments.cluster,
        credentials: credentials,
        endpoint: endpoint,
        at: seconds
      ), token.length <= ClusterToken.maximumLength
    else { return nil }
    return CredentialDocument.bytes(
      apiVersion: version,
      token: token.token.expose(),
      expiration: token.reported
    )
  }

  /// The host to sign for; nil where the full program has something to warn of or to refuse.
  private static func endpoint(
    _ arguments: EKSArguments,
    _ environment: AWSEnvironment,
    _ profile: AWSProfile?
  ) -> STSEndpoint? {
    let endpointKeys = ["endpoint_url", "services"]
    guard environment.variable("AWS_ENDPOINT_URL") == nil,
      environment.variable("AWS_ENDPOINT_URL_STS") == nil,
      !endpointKeys.contains(where: { profile?.has($0) ?? false }),
      let region = environment.region(option: arguments.region, profile: profile)
    else { return nil }
    let variant = try? environment.variant(
      fips: arguments.fips,
      dualStack: arguments.dualStack,
      regionalEndpoints: arguments.regionalEndpoints,
      profile: profile
    )
    return variant.flatMap { STSEndpoint(region: region, variant: $0) }
  }

  /// Static keys, where nothing comes before them in the chain.
  private static func credentials(
    _ arguments: EKSArguments,
    _ environment: AWSEnvironment,
    _ configuration: AWSConfiguration,
    _ profile: AWSProfile?
  ) -> AWSCredentials? {
    do throws(StaticKeys.Fault) {
      if arguments.profile == nil {
        if let keys = try StaticKeys.of(environment) { return keys }
        if environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE") != nil { return nil }
      }
      let earlier = [
        "role_arn", "source_profile", "credential_source", "web_identity_token_file",
        "sso_account_id", "sso_role_name", "login_session", "credential_process",
      ]
      guard let profile, !earlier.contains(where: profile.has) else { return nil }
      let inFile =
        configuration.inCredentials[profile.name] ?? configuration.inConfig[profile.name]
      return try inFile.flatMap { profile throws(StaticKeys.Fault) in try StaticKeys.of(profile) }
    } catch {
      return nil
    }
  }

  /// Both files; nil if one of them is there and cannot be read.
  private static func configuration(_ environment: AWSEnvironment) -> AWSConfiguration? {
    guard let config = text(environment.path(of: .config)),
      let credentials = text(environment.path(of: .credentials))
    else { return nil }
    return AWSConfiguration(config: config, credentials: credentials)
  }

  private static func text(_ path: String?) -> INIText?? {
    guard let path, path.hasPrefix("/") else { return nil }
    switch PlainFile.content(of: path, atMost: INIText.maximumLength) {
    case .missing: return .some(nil)
    case .unusual: return nil
    case .bytes(let bytes): return (try? INIText(parsing: bytes)).map { .some($0) }
    }
  }

  private static func floorSeconds(_ time: UnixTime) -> Int64 {
    let whole = time.milliseconds / 1000
    return time.milliseconds % 1000 < 0 ? whole - 1 : whole
  }
}

extension AWSEnvironment {
  /// The environment of a process; a variable that is not UTF-8 counts as unset.
  package init(_ surroundings: Surroundings) {
    self.init(home: surroundings.absolutePath("HOME")) { name in
      surroundings.variable(name).flatMap { String(validating: $0, as: UTF8.self) }
    }
  }
}
