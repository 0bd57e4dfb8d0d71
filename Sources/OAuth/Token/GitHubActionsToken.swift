// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// The OpenID Connect tokens that a job of GitHub Actions can have.
///
/// Source: docs.github.com, "OpenID Connect reference", and actions/toolkit `packages/core/src/oidc-utils.ts`.
package struct GitHubActionsToken: Sendable {
  /// The variable with the address to ask.
  package static let urlVariable = "ACTIONS_ID_TOKEN_REQUEST_URL"
  /// The variable with the token to ask with.
  package static let tokenVariable = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"

  /// Scheme, host and port of the address, for deciding whether it may be asked.
  package let origin: String
  /// Whether the address is GitHub's own; the token of the job must not go anywhere else unasked, because the variable
  /// with the address can come from a kubeconfig.
  package let isGitHub: Bool
  private let url: String
  private let token: Secret

  /// Takes what the job's variables say.
  ///
  /// Throws ``OAuthError/Code/requestInvalid`` outside a job with the permission `id-token: write`, and
  /// ``OAuthError/Code/endpointInvalid`` for an address that is not https.
  package init(url: String?, token: String?) throws(OAuthError) {
    guard let url, !url.isEmpty, let token, !token.isEmpty else {
      throw OAuthError(
        .requestInvalid,
        what: "\(Self.urlVariable) and \(Self.tokenVariable) are not both set",
        remedy: "run it in a job of GitHub Actions that has the permission id-token: write"
      )
    }
    let address: WebAddress
    do {
      address = try WebAddress(url)
    } catch {
      throw Self.invalid(error.reason)
    }
    guard address.isHTTPS || address.isLoopback else { throw Self.invalid("it is not https") }
    self.url = url
    self.token = Secret(token)
    origin = address.origin
    isGitHub =
      address.isHTTPS && address.port == nil
      && address.host.hasSuffix(".actions.githubusercontent.com")
  }

  /// The request for a token with this audience.
  package func call(audience: String) -> HTTPCall {
    let separator = url.contains("?") ? "&" : "?"
    return HTTPCall(
      method: .get,
      url: "\(url)\(separator)audience=\(FormEncoding.encode(audience))",
      headers: [.accept: "application/json", .authorization: "Bearer \(token.expose())"]
    )
  }

  /// The token in the answer's `value`; throws ``OAuthError/Code/refused`` or ``OAuthError/Code/garbled``.
  package func token(in answer: HTTPAnswer) throws(OAuthError) -> Secret {
    guard answer.status == 200 else {
      throw OAuthError(
        answer.status >= 500 ? .unavailable : .refused,
        what: "\(origin) gives no token: it answers \(answer.status)",
        remedy: "check the job's permission id-token: write"
      )
    }
    guard answer.body.count <= Limits.tokenAnswer, let json = try? StrictJSON(parsing: answer.body),
      let value = json["value"]?.string, !value.isEmpty
    else {
      throw OAuthError(
        .garbled,
        what: "\(origin) answers with something that has no token in it",
        remedy: "check \(Self.urlVariable)"
      )
    }
    return Secret(value)
  }

  private static func invalid(_ reason: String) -> OAuthError {
    OAuthError(
      .endpointInvalid,
      what: "\(urlVariable) is no address to ask for a token: \(reason)",
      remedy: "leave that variable to GitHub Actions"
    )
  }
}
