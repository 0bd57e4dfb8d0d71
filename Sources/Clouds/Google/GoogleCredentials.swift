// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Access tokens of Google, which GKE takes as bearer tokens.
package enum GoogleCredentials {
  /// A token for a request: of gcloud's sign-in if there is one, as gke-gcloud-auth-plugin does it, else of the
  /// Application Default Credentials; or of these alone if the request says so.
  ///
  /// One token serves all clusters of an identity. Throws `.configuration` if there are no credentials at all, or those
  /// that are there cannot be used; `.loginNeeded` with the command to run; `.refused`; `.temporary`.
  package static func token(_ request: GoogleRequest, _ effects: CloudEffects)
    async throws(CloudError) -> CloudToken
  {
    let gcloud = try GcloudSignIn(effects)
    let found: FoundCredential
    if !request.usesApplicationDefault, let signedIn = try gcloud.find(request) {
      found = signedIn
    } else if var other = try await ApplicationDefault(effects: effects).find(request) {
      // Whoever signs in with gcloud later wants that.
      if !request.usesApplicationDefault { other.files += gcloud.properties.files }
      found = other
    } else {
      throw nothing(request)
    }
    effects.trace("using \(found.origin.place)")
    var accounts = request.impersonation
    if accounts.isEmpty, !request.usesApplicationDefault,
      let named = gcloud.properties[.impersonation]
    {
      accounts = try GoogleRequest.impersonation(parsing: named)
    }
    let source = TokenSource(effects: effects, request: request, found: found)
    guard let target = accounts.last else { return try await source.token() }
    return try await source.token(
      actingAs: target,
      through: Array(accounts.dropLast()),
      endpoint: gcloud.properties[.credentialsEndpoint]
    )
  }

  private static func nothing(_ request: GoogleRequest) -> CloudError {
    if request.usesApplicationDefault {
      return CloudError(
        .loginNeeded,
        "there are no application default credentials",
        remedy: "run: gcloud auth application-default login"
      )
    }
    return CloudError(
      .loginNeeded,
      "gcloud is not signed in, and there are no application default credentials",
      remedy: "run: gcloud auth login"
    )
  }
}
