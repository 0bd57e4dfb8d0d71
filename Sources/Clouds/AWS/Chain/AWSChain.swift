// SPDX-License-Identifier: Apache-2.0

package import Clouds
import EKSToken

/// The order in which credentials are looked for.
///
/// Source: botocore 1.43, `create_credential_resolver` and `ProfileProviderBuilder`. Pure: it reads what was read
/// already, and asks nobody.
package struct AWSChain: Sendable {
  private let environment: AWSEnvironment
  private let configuration: AWSConfiguration
  /// What `--profile` says, nil if it is not given.
  private let option: String?

  /// A chain over what a context holds.
  package init(_ context: AWSContext) {
    environment = context.environment
    configuration = context.configuration
    option = context.profileOption
  }

  /// The source that holds.
  ///
  /// Throws ``CloudError/Code/configuration`` for a profile that is not there or contradicts itself, and for keys of
  /// which half is missing.
  package func source() throws(CloudError) -> AWSSource {
    let name = environment.profileName(option: option)
    let profile = configuration.profile(name)
    if profile == nil, name != "default" { throw missing(name) }
    if option == nil, let keys = try environmentKeys() { return keys }
    if let profile, isAssumeRole(profile) { return try role(profile, visited: [name]) }
    if let found = try profileSource(name, profile, readsEnvironment: option == nil) {
      return found
    }
    return hasContainer ? .container : .instance
  }

  private func missing(_ name: String) -> CloudError {
    CloudError(
      .configuration,
      "there is no AWS profile \"\(name)\"",
      remedy:
        "choose one of those that `aws configure list-profiles` names, or make it: aws configure --profile \(name)"
    )
  }

  private var hasContainer: Bool {
    environment.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != nil
      || environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") != nil
  }

  private func environmentKeys() throws(CloudError) -> AWSSource? {
    do throws(StaticKeys.Fault) {
      return try StaticKeys.of(environment).map { .keys($0, place: "the environment") }
    } catch {
      throw Self.error(error, "the environment")
    }
  }

  /// The sources of one profile, in their order.
  private func profileSource(
    _ name: String,
    _ profile: AWSProfile?,
    readsEnvironment: Bool
  ) throws(CloudError) -> AWSSource? {
    if let role = try webIdentity(profile, readsEnvironment: readsEnvironment) {
      return .webIdentity(role)
    }
    guard let profile else { return nil }
    // A session alone gives no credentials, so a profile with no more than that goes on to what it has besides.
    if profile["sso_account_id"] != nil || profile["sso_role_name"] != nil { return .sso(profile) }
    if let keys = try fileKeys(configuration.inCredentials[name], .credentials) { return keys }
    if profile["login_session"] != nil { return .login(profile) }
    if profile["credential_process"] != nil { return .process(profile) }
    return try fileKeys(configuration.inConfig[name], .config)
  }

  private func fileKeys(
    _ profile: AWSProfile?,
    _ file: AWSConfiguration.File
  ) throws(CloudError) -> AWSSource? {
    guard let profile else { return nil }
    let place = "profile \"\(profile.name)\" of the AWS \(file.rawValue) file"
    do throws(StaticKeys.Fault) {
      return try StaticKeys.of(profile).map { .keys($0, place: place) }
    } catch {
      throw Self.error(error, place)
    }
  }

  private func webIdentity(
    _ profile: AWSProfile?,
    readsEnvironment: Bool
  ) throws(CloudError) -> WebIdentityRole? {
    let value = { (variable: String, key: String) in
      (readsEnvironment ? environment.variable(variable) : nil) ?? profile?[key]
    }
    guard let file = value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else {
      return nil
    }
    guard let arn = value("AWS_ROLE_ARN", "role_arn") else {
      throw CloudError(
        .configuration,
        "there is a web identity token file, and no role to assume with it",
        remedy: "set AWS_ROLE_ARN, or role_arn in the profile"
      )
    }
    return WebIdentityRole(
      arn: arn,
      sessionName: value("AWS_ROLE_SESSION_NAME", "role_session_name"),
      tokenFile: file
    )
  }

  private static func error(_ fault: StaticKeys.Fault, _ place: String) -> CloudError {
    switch fault {
    case .incomplete(let missing):
      CloudError(
        .configuration,
        "\(place) has an access key and no \(missing)",
        remedy: "give both, or none"
      )
    case .malformed:
      CloudError(
        .configuration,
        "the keys in \(place) have characters that no key of AWS has",
        remedy: "copy them again, without blanks or quotes around them"
      )
    case .unreadableExpiration:
      CloudError(
        .configuration,
        "AWS_CREDENTIAL_EXPIRATION is no time such as 2026-01-31T12:00:00Z",
        remedy: "unset it, or let the tool that set it do so again"
      )
    }
  }
}

// MARK: roles that profiles name

extension AWSChain {
  private func isAssumeRole(_ profile: AWSProfile) -> Bool {
    profile["role_arn"] != nil && profile["web_identity_token_file"] == nil
  }

  private func hasKeys(_ profile: AWSProfile) -> Bool {
    profile["aws_access_key_id"] != nil || profile["aws_secret_access_key"] != nil
  }

  /// The role of a profile, and the source that it is assumed with.
  private func role(_ profile: AWSProfile, visited: [String]) throws(CloudError) -> AWSSource {
    let role = AssumedRole(
      arn: profile["role_arn"] ?? "",
      sessionName: profile["role_session_name"],
      externalID: profile["external_id"],
      mfaSerial: profile["mfa_serial"],
      duration: profile["duration_seconds"].flatMap { Int($0) }
    )
    let source: AWSSource
    switch (profile["source_profile"], profile["credential_source"]) {
    case (nil, nil):
      throw CloudError(
        .configuration,
        "profile \"\(profile.name)\" has a role_arn and nothing to assume it with",
        remedy: "give it a source_profile or a credential_source"
      )
    case (.some, .some):
      throw CloudError(
        .configuration,
        "profile \"\(profile.name)\" has both source_profile and credential_source",
        remedy: "remove one of the two"
      )
    case (.some(let name), nil): source = try sourceProfile(name, of: profile, visited: visited)
    case (nil, .some(let name)): source = try named(name, in: profile)
    }
    return .role(role, by: source, profile: profile.name)
  }

  private func sourceProfile(
    _ name: String,
    of parent: AWSProfile,
    visited: [String]
  ) throws(CloudError) -> AWSSource {
    guard let profile = configuration.profile(name) else {
      throw CloudError(
        .configuration,
        "profile \"\(parent.name)\" names the source_profile \"\(name)\", which is not there",
        remedy: "correct source_profile, or make the profile: aws configure --profile \(name)"
      )
    }
    // A profile may name itself if it has keys: then these are meant.
    if visited.contains(name), name != parent.name || !hasKeys(profile) {
      throw CloudError(
        .configuration,
        "profiles name one another as source_profile in a circle: \((visited + [name]).joined(separator: " → "))",
        remedy: "give one of them credentials of its own"
      )
    }
    if isAssumeRole(profile), !hasKeys(profile) {
      return try role(profile, visited: visited + [name])
    }
    if let found = try profileSource(name, profile, readsEnvironment: false) { return found }
    throw CloudError(
      .configuration,
      "the source_profile \"\(name)\" of profile \"\(parent.name)\" has no credentials",
      remedy: "give it some: aws configure --profile \(name)"
    )
  }

  private func named(_ name: String, in profile: AWSProfile) throws(CloudError) -> AWSSource {
    switch name.lowercased() {
    case "environment":
      if let keys = try environmentKeys() { return keys }
      throw CloudError(
        .configuration,
        "profile \"\(profile.name)\" takes its source from the environment, which has no keys",
        remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
      )
    case "ecscontainer":
      if hasContainer { return .container }
      throw CloudError(
        .configuration,
        "profile \"\(profile.name)\" takes its source from a container's service, and none is named",
        remedy: "run this where AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI is set"
      )
    case "ec2instancemetadata": return .instance
    default:
      throw CloudError(
        .configuration,
        "profile \"\(profile.name)\" has the credential_source \"\(name)\", which is none",
        remedy: "use Environment, EcsContainer or Ec2InstanceMetadata"
      )
    }
  }
}
