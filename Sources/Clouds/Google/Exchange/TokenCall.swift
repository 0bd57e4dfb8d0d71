// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The requests that Google gives access tokens for.
///
/// All of them are pure: somebody else sends them.
enum TokenCall {
  /// Where refresh tokens and assertions of the public universe are exchanged.
  static let usualTokenURI = "https://oauth2.googleapis.com/token"

  /// A refresh (RFC 6749 section 6), with what gcloud adds; no scopes: all that was granted.
  static func refresh(_ user: AuthorizedUser, url: String, scopes: [String]) -> HTTPCall {
    var pairs = [
      ("grant_type", "refresh_token"), ("client_id", user.clientID),
      ("client_secret", user.clientSecret.expose()),
      ("refresh_token", user.refreshToken.expose()),
    ]
    if !scopes.isEmpty { pairs.append(("scope", scopes.joined(separator: " "))) }
    if let proof = user.recentProof { pairs.append(("rapt", proof.expose())) }
    return form(url, pairs)
  }

  /// An exchange of a service account's assertion (RFC 7523 section 2.1).
  static func assertion(_ assertion: Secret, url: String) -> HTTPCall {
    form(
      url,
      [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", assertion.expose()),
      ]
    )
  }

  /// An exchange at the Security Token Service
  /// (RFC 8693; cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token).
  static func exchange(
    _ account: ExternalAccount,
    subject: Secret,
    url: String,
    scopes: [String]
  ) -> HTTPCall {
    var pairs = [
      ("audience", account.audience),
      ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
      ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
      // A token that acts as a service account is only good for that, whatever is wanted in the end.
      (
        "scope",
        account.impersonation == nil
          ? scopes.joined(separator: " ") : GoogleRequest.cloudPlatform
      ),
      ("subject_token", subject.expose()), ("subject_token_type", account.subjectTokenType),
    ]
    if let project = account.workforceProject, account.client == nil {
      pairs.append(("options", json(WorkforceOptions(userProject: project))))
    }
    return form(url, pairs, account.client)
  }

  /// A renewal of a workforce login.
  static func refresh(_ user: WorkforceUser, url: String) -> HTTPCall {
    form(
      url,
      [("grant_type", "refresh_token"), ("refresh_token", user.refreshToken.expose())],
      user.client
    )
  }

  /// The request to act as a service account
  /// (cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken).
  static func impersonation(
    _ impersonation: Impersonation,
    url: String,
    scopes: [String],
    bearer: Secret
  ) -> HTTPCall {
    let body = ImpersonationBody(
      lifetime: "\(impersonation.lifetime)s",
      scope: scopes,
      delegates: impersonation.delegates.isEmpty ? nil : impersonation.delegates
    )
    return HTTPCall(
      method: .post,
      url: url,
      headers: [
        .accept: "application/json", .contentType: "application/json",
        .authorization: "Bearer \(bearer.expose())",
      ],
      body: Array(json(body).utf8)
    )
  }

  private static func form(
    _ url: String,
    _ pairs: [(String, String)],
    _ client: OAuthClientSecret? = nil
  ) -> HTTPCall {
    var headers: HTTPFields = [
      .accept: "application/json", .contentType: "application/x-www-form-urlencoded",
    ]
    if let client {
      // RFC 6749 section 2.3.1 has both halves form-encoded; Google's libraries do not, and ids and secrets of Google
      // have no character that it would change.
      let text = "\(client.id):\(client.secret.expose())"
      headers[.authorization] = "Basic \(Data(text.utf8).base64EncodedString())"
    }
    return HTTPCall(
      method: .post,
      url: url,
      headers: headers,
      body: Array(FormEncoding.body(pairs).utf8)
    )
  }

  /// Compact JSON with members in the order of their names.
  static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts, numbers and lists of them always encode.
    guard let data = try? encoder.encode(value) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  private struct ImpersonationBody: Encodable {
    let lifetime: String
    let scope: [String]
    let delegates: [String]?
  }

  private struct WorkforceOptions: Encodable {
    let userProject: String
  }
}
