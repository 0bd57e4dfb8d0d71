// SPDX-License-Identifier: Apache-2.0

/// The two liberties that Entra ID takes with its issuer's name, allowed on its own hosts only.
///
/// A tenant can be asked for by a domain name, and `common` and `organizations` stand for any tenant; the document then
/// names the tenant's GUID, or the template `{tenantid}`, which is to be replaced by the token's `tid` (Microsoft
/// identity platform, "OpenID Connect", and "Access tokens: validate the issuer"). And a cloud has several hosts, of
/// which the document names one ("National clouds").
package enum EntraIssuer {
  /// The hosts of each cloud; those of one cloud stand for each other.
  package static let clouds: [[String]] = [
    ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
    ["login.microsoftonline.us", "login.usgovcloudapi.net"],
    ["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
  ]

  /// What a document has in place of a tenant where any can be meant.
  private static let template = "{tenantid}"

  /// Whether a document's issuer is that of the tenant which was asked for, under another of its names.
  static func stands(_ announced: String, for issuer: Issuer) -> Bool {
    guard let wanted = Parts(issuer.text), let found = Parts(announced), let cloud = wanted.cloud,
      found.cloud == cloud
    else { return false }
    // A tenant that was asked for by its GUID has no other.
    if isGUID(wanted.tenant) { return found.tenant.lowercased() == wanted.tenant.lowercased() }
    return isGUID(found.tenant) || found.tenant == template
  }

  /// The issuer that an ID token must name, by the document's and the token's own tenant; nil if that is none.
  static func expected(_ announced: String, tenant: String?) -> Issuer? {
    guard announced.contains(template) else { return try? Issuer(announced) }
    guard let tenant, isGUID(tenant) else { return nil }
    return try? Issuer(announced.replacing(template, with: tenant))
  }

  /// Whether a text is a GUID, as tenants have one: 8-4-4-4-12 hexadecimal digits.
  package static func isGUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && groups.allSatisfy { $0.utf8.allSatisfy { FormEncoding.hexValue($0) != nil } }
  }

  /// An issuer of version 2: `https://HOST/TENANT/v2.0`.
  private struct Parts {
    let host: String
    let tenant: String

    init?(_ text: String) {
      let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
      guard pieces.count == 5, pieces[0] == "https:", pieces[1].isEmpty, pieces[4] == "v2.0",
        !pieces[3].isEmpty
      else { return nil }
      host = String(pieces[2])
      tenant = String(pieces[3])
    }

    /// The place of its cloud in ``EntraIssuer/clouds``; nil for a host of nobody's.
    var cloud: Int? { EntraIssuer.clouds.firstIndex { $0.contains(host) } }
  }
}

extension ProviderMetadata {
  /// The issuer that this ID token has to name; throws ``OAuthError/Code/tokenRejected`` if the document leaves that to
  /// the token's tenant, and the token has none.
  package func expectedIssuer(of token: Secret) throws(OAuthError) -> Issuer {
    guard !Text.sameBytes(announcedIssuer, issuer.text) else { return issuer }
    let claims = (try? CompactJWS(token.expose())).flatMap { try? StrictJSON(parsing: $0.payload) }
    if let expected = EntraIssuer.expected(announcedIssuer, tenant: claims?["tid"]?.string) {
      return expected
    }
    throw OAuthError(
      .tokenRejected,
      what: "the ID token of \(issuer.host) names no tenant",
      remedy: "name the tenant by its GUID instead of \(issuer.text)"
    )
  }
}
