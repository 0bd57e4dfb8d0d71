// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import OAuth

/// Whose the credentials are that a role is assumed with: the configuration alone does not always say so, and what is
/// kept for one person must not serve another.
extension AWSFetch {
  /// The source with the keys that a program prints in place of the program.
  ///
  /// Only what it prints tells whose keys they are, so it runs before anything kept is looked up. Throws what the
  /// program's failure means.
  func known(_ source: AWSSource) async throws(CloudError) -> AWSSource {
    switch source {
    case .role(let role, let next, let profile):
      return .role(role, by: try await known(next), profile: profile)
    case .process(let profile):
      return .keys(try await credentials(of: source), place: Self.place(of: profile))
    case .keys, .webIdentity, .sso, .login, .container, .instance: return source
    }
  }

  /// What tells the holder of a source from another one with the same configuration; texts of a kept identity.
  ///
  /// Throws ``CloudError/Code/loginNeeded`` where nobody is signed in: nothing kept is served then.
  func holder(of source: AWSSource) async throws(CloudError) -> [String] {
    switch source.base {
    case .keys, .process, .role: return []
    case .webIdentity(let role): return try WebIdentityToken(of: role, in: context).identity
    case .sso(let profile):
      let session = try SSOSession(of: profile, in: context.configuration)
      let token = try await SSOAccess(of: profile, in: context).read()
      let digest = FileDigest.sha256(token.accessToken.expose())
      return [session.startURL, session.region, digest]
    case .login(let profile):
      // Its tokens are others after each renewal; the key is made by a sign-in and stays until the next.
      let token = try await LoginAccess(of: profile, in: context).read()
      return [FileDigest.sha256(token.key.stored.expose())]
    case .container: return try ContainerCredentials(context: context).identity()
    case .instance: return try InstanceMetadata(context: context).identity()
    }
  }
}
