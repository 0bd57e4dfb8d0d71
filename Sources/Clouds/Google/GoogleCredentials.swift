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
    let (found, settings) = try await find(request, effects)
    effects.trace("using \(found.origin.place)")
    var accounts = request.impersonation
    if accounts.isEmpty, !request.leavesGcloudAlone, let named = settings[.impersonation] {
      accounts = try GoogleRequest.impersonation(parsing: named)
    }
    let source = TokenSource(effects: effects, request: request, found: found)
    guard let target = accounts.last else { return try await source.token() }
    return try await source.token(
      actingAs: target,
      through: Array(accounts.dropLast()),
      endpoint: settings[.credentialsEndpoint]
    )
  }

  /// The credential, and gcloud's settings as far as they count; throws `.loginNeeded` if there is none.
  private static func find(_ request: GoogleRequest, _ effects: CloudEffects)
    async throws(CloudError) -> (FoundCredential, GcloudProperties)
  {
    let defaults = ApplicationDefault(effects: effects)
    if request.leavesGcloudAlone {
      // What gcloud's files say is of little importance here, so that it does not matter whether they are in order.
      let settings = GcloudProperties.whatever(effects)
      if let given = request.given { return (try defaults.given(given, request), settings) }
      guard let found = try await defaults.find(request) else { throw nothing(request) }
      return (found, settings)
    }
    let (gcloud, signedIn) = try await signIn(request, effects)
    if let signedIn { return (signedIn, gcloud.properties) }
    guard var found = try await defaults.find(request) else { throw nothing(request) }
    // Whoever signs in with gcloud later wants that.
    found.files += gcloud.properties.files
    return (found, gcloud.properties)
  }

  /// gcloud's sign-in, looked for once more if its files make no sense: it may be writing them.
  private static func signIn(_ request: GoogleRequest, _ effects: CloudEffects)
    async throws(CloudError) -> (GcloudSignIn, FoundCredential?)
  {
    do throws(CloudError) {
      let gcloud = try GcloudSignIn(effects)
      if !gcloud.properties.isTorn { return (gcloud, try gcloud.find(request)) }
    } catch {
      guard error.code != .temporary else { throw error }
      effects.trace("looking once more: \(error.what)")
    }
    try await SecondLook.wait(effects)
    let gcloud = try GcloudSignIn(effects)
    return (gcloud, try gcloud.find(request))
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
