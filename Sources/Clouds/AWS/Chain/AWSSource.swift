// SPDX-License-Identifier: Apache-2.0

package import EKSToken

/// Where credentials come from: what the chain decides before anything is asked.
package indirect enum AWSSource: Sendable {
  /// Keys that stand in the environment or in a file; with their place, for messages.
  case keys(AWSCredentials, place: String)
  /// A role, assumed with the credentials of another source; with the profile that says so, if one does.
  case role(AssumedRole, by: AWSSource, profile: String?)
  /// A role, assumed with a token of an identity provider.
  case webIdentity(WebIdentityRole)
  /// A role that IAM Identity Center gives.
  case sso(AWSProfile)
  /// A console sign-in.
  case login(AWSProfile)
  /// What a program prints.
  case process(AWSProfile)
  /// The container's credentials service.
  case container
  /// The instance metadata service.
  case instance

  /// What the configuration says about whose credentials these are, as texts of a kept identity.
  ///
  /// Keys count by their id and profiles by what they say, so that a profile that is renamed stays what it was, and two
  /// accounts with profiles of one name are two. Who has signed in, or what a program prints, is not known here.
  package var identity: [String] {
    switch self {
    case .keys(let keys, _): ["keys", keys.accessKeyID]
    case .role(let role, let source, _): role.identity + ["by"] + source.identity
    case .webIdentity(let role): role.identity
    case .sso(let profile): ["sso"] + Self.values(profile, Self.ssoKeys)
    case .login(let profile): ["login"] + Self.values(profile, ["login_session"])
    case .process(let profile): ["process"] + Self.values(profile, ["credential_process"])
    case .container: ["container"]
    case .instance: ["instance"]
    }
  }

  /// The files that the credentials depend on besides the configuration, absolute: sign-ins and tokens.
  func files(in context: AWSContext) -> [String] {
    switch self {
    case .role(_, let source, _): source.files(in: context)
    case .sso(let profile): SSOCredentials.files(of: profile, in: context)
    case .login(let profile): LoginCredentials.files(of: profile, in: context)
    case .webIdentity(let role): Self.file(role.tokenFile, context)
    case .container:
      Self.file(
        context.environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") ?? "",
        context
      )
    case .keys, .process, .instance: []
    }
  }

  private static func file(_ path: String, _ context: AWSContext) -> [String] {
    context.environment.expanded(path).flatMap { $0.hasPrefix("/") ? [$0] : nil } ?? []
  }

  private static let ssoKeys = [
    "sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name",
  ]

  private static func values(_ profile: AWSProfile, _ keys: [String]) -> [String] {
    keys.map { profile[$0] ?? "" }
  }
}

extension AWSSource: Equatable {
  package static func == (left: AWSSource, right: AWSSource) -> Bool {
    left.identity == right.identity
  }
}
