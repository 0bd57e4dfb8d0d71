// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Gets credentials from the source that the chain chose.
struct AWSFetch: Sendable {
  /// Seconds that a role's kept credentials must have left: less, and the token made from them would be short-lived.
  private static let enough = 5.0 * 60
  /// The same where new ones take an MFA code: a person is asked once in their whole life.
  private static let enoughWithMFA = 60.0

  let context: AWSContext
  let service: STSService

  private var effects: CloudEffects { context.effects }

  /// The credentials of a source.
  ///
  /// Throws ``CloudError`` of any kind, with the command that helps.
  func credentials(of source: AWSSource) async throws(CloudError) -> AWSCredentials {
    switch source {
    case .keys(let keys, let place): return try unexpired(keys, place)
    case .role(let role, let by, let profile):
      return try await credentials(of: role, by: by, profile: profile)
    case .webIdentity(let role): return try await credentials(of: role)
    case .sso(let profile): return try await SSOCredentials.credentials(of: profile, in: context)
    case .login(let profile):
      return try await LoginCredentials.credentials(of: profile, in: context)
    case .process(let profile):
      let process = ProcessCredentials(profile: profile, context: context)
      return try unexpired(try await process.credentials(), Self.place(of: profile))
    case .container:
      let place = "what the container's credentials service gives"
      return try unexpired(try await ContainerCredentials(context: context).credentials(), place)
    case .instance:
      guard let found = try await InstanceMetadata(context: context).credentials() else {
        throw nothing
      }
      return found
    }
  }

  /// Where the keys are that a program prints, for messages.
  static func place(of profile: AWSProfile) -> String {
    "what credential_process of profile \"\(profile.name)\" prints"
  }

  private var nothing: CloudError {
    if let profile = context.configuration.profile(context.profileName),
      profile["sso_session"] != nil || profile["sso_start_url"] != nil
    {
      return SSORole.missing(profile)
    }
    return CloudError(
      .configuration,
      "there are no AWS credentials for profile \"\(context.profileName)\"",
      remedy: "set some up: aws configure sso, aws login or aws configure"
    )
  }

  private func unexpired(
    _ credentials: AWSCredentials,
    _ place: String
  ) throws(CloudError) -> AWSCredentials {
    let now = effects.now().timeIntervalSince1970
    guard let end = credentials.expiration, Double(end) <= now else { return credentials }
    let time = AWSTime.text(Date(timeIntervalSince1970: Double(end)))
    throw CloudError(
      .loginNeeded,
      "the AWS credentials in \(place) ended at \(time)",
      remedy: "get new ones from where these came from"
    )
  }

  // MARK: roles

  private func credentials(
    of role: AssumedRole,
    by source: AWSSource,
    profile: String?
  ) async throws(CloudError) -> AWSCredentials {
    let source = try await known(source)
    let holder = try await holder(of: source)
    let identity = AWSSource.role(role, by: source, profile: profile).identity + holder
    let make: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      // What aws itself keeps is for roles of profiles, under a name that leaves the source out.
      if profile != nil, let cached = try await cached(CLIRoleCache.file(of: role)) {
        return CredentialsDocument.kept(cached, obtained: effects.now())
      }
      let signer = try await credentials(of: source)
      let made = try await service.credentials(
        of: role,
        assumedWith: signer,
        code: try await code(for: role)
      )
      return CredentialsDocument.kept(made, obtained: effects.now())
    }
    // A person is asked for a code once in the life of what it gave.
    let terms =
      role.mfaSerial == nil
      ? KeptTerms(enough: Self.enough) : KeptTerms(enough: Self.enoughWithMFA, untilOver: true)
    return try await kept(role.arn, identity, terms, make)
  }

  private func credentials(of role: WebIdentityRole) async throws(CloudError) -> AWSCredentials {
    let token = try WebIdentityToken(of: role, in: context)
    let make: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      if let cached = try await cached(CLIRoleCache.file(of: role)) {
        return CredentialsDocument.kept(cached, obtained: effects.now())
      }
      let fresh = try WebIdentityToken(of: role, in: context)
      let made = try await service.credentials(of: role, token: fresh.text)
      return CredentialsDocument.kept(made, obtained: effects.now())
    }
    let terms = KeptTerms(enough: Self.enough)
    return try await kept(role.arn, role.identity + token.identity, terms, make)
  }

  private func cached(_ file: String) async throws(CloudError) -> AWSCredentials? {
    try await CLIRoleCache(context).credentials(of: file)
  }

  private func kept(
    _ arn: String,
    _ identity: [String],
    _ terms: KeptTerms,
    _ make: @escaping @Sendable () async throws(CloudError) -> KeptSecret
  ) async throws(CloudError) -> AWSCredentials {
    let whose = KeptIdentity(
      name: "AWS role \(Text.line(arn))",
      parts: ["aws-role", service.realm] + identity
    )
    let secret = try await effects.kept(whose, terms, make)
    guard let credentials = CredentialsDocument.credentials(secret) else {
      throw CloudError(
        .failed,
        "the kept credentials of the role \(Text.line(arn)) cannot be read",
        remedy: "forget them: lanyard logout --all"
      )
    }
    return try unexpired(credentials, "the answer for the role \(Text.line(arn))")
  }

  /// The code of the role's MFA device, nil if it takes none.
  private func code(for role: AssumedRole) async throws(CloudError) -> Secret? {
    guard let serial = role.mfaSerial else { return nil }
    let shown = Text.line(serial)
    guard let answer = try await effects.ask("Enter MFA code for \(shown): ", false) else {
      throw CloudError(
        .loginNeeded,
        "the role \(Text.line(role.arn)) takes a code of the MFA device \(shown), and there is nobody to ask",
        remedy:
          "run kubectl once in a terminal, where the code can be typed; the credentials are kept then"
      )
    }
    let code = TokenFile.trimmed(answer)
    guard code.utf8.count == 6, code.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw CloudError(
        .failed,
        "that was no MFA code: it has six digits",
        remedy: "try again with the code that \(shown) shows"
      )
    }
    return Secret(code)
  }
}
