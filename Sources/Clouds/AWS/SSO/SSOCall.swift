// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
package import OAuth

/// The requests to IAM Identity Center.
///
/// Source: the AWS API references of IAM Identity Center OIDC (2019-06-10) and of its portal (2019-06-10), and what
/// the AWS CLI 1.45 really sends.
package enum SSOCall {
  /// A JSON object as body; texts only, the service takes no others from public clients.
  static func post(_ base: Issuer, _ path: String, _ members: [String: StrictJSON]) -> HTTPCall {
    HTTPCall(
      method: .post,
      url: base.text + path,
      headers: [.contentType: "application/json"],
      body: Array(StrictJSON.object(members).text.utf8)
    )
  }

  /// `POST /token` with a refresh token.
  package static func refresh(
    _ base: Issuer,
    _ client: SSOClient,
    _ refreshToken: Secret
  ) -> HTTPCall {
    token(base, client, "refresh_token", ["refreshToken": .string(refreshToken.expose())])
  }

  /// `POST /token` with any grant.
  static func token(
    _ base: Issuer,
    _ client: SSOClient,
    _ grantType: String,
    _ members: [String: StrictJSON]
  ) -> HTTPCall {
    var members = members
    members["grantType"] = .string(grantType)
    members["clientId"] = .string(client.id)
    members["clientSecret"] = .string(client.secret.expose())
    return post(base, "/token", members)
  }

  /// `GET /federation/credentials`: the credentials of a role in an account.
  package static func roleCredentials(
    _ portal: Issuer,
    role: String,
    account: String,
    _ accessToken: Secret
  ) -> HTTPCall {
    let query = FormEncoding.query([("role_name", role), ("account_id", account)])
    return HTTPCall(
      method: .get,
      url: "\(portal.text)/federation/credentials?\(query)",
      headers: bearer(accessToken)
    )
  }

  /// `POST /logout`: ends the sign-in at the service.
  package static func logout(_ portal: Issuer, _ accessToken: Secret) -> HTTPCall {
    HTTPCall(method: .post, url: portal.text + "/logout", headers: bearer(accessToken))
  }

  private static func bearer(_ accessToken: Secret) -> HTTPFields {
    var fields = HTTPFields()
    if let name = HTTPField.Name("x-amz-sso_bearer_token") { fields[name] = accessToken.expose() }
    return fields
  }
}
