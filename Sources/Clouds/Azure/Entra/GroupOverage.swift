// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import OAuth

/// What happens to people with more than 200 groups: the token refers to the directory instead of listing them
/// (Microsoft identity platform, "Configure group claims": groups overage).
package enum GroupOverage {
  /// Whether a token has its groups elsewhere; nobody verified it, and nothing hangs on that.
  package static func isIn(_ token: Secret) -> Bool {
    guard let jws = try? CompactJWS(token.expose()),
      let claims = try? StrictJSON(parsing: jws.payload)
    else { return false }
    return claims["hasgroups"]?.bool == true || claims["hasgroups"]?.string == "true"
      || claims["_claim_names"]?["groups"] != nil
  }

  /// Tells it: AKS asks the directory by itself, other API servers see no groups.
  package static func note(
    _ token: Secret,
    _ server: ServerApplication,
    _ effects: CloudEffects
  ) {
    guard isIn(token) else { return }
    if server.isKubernetes {
      effects.trace("the account has more than 200 groups; AKS asks the directory for them")
    } else {
      effects.tell("the account has more than 200 groups, and the token does not list them")
      effects.tell("  have the token's groups limited to those assigned to the application")
    }
  }
}
