// SPDX-License-Identifier: Apache-2.0

/// How a login asks for a refresh token.
package enum OfflineAccess: Sendable, Equatable {
  /// There is one without asking; the scope offline_access would be refused, or would mean more.
  case always
  /// By the scope offline_access (OIDC Core 11).
  case scope
  /// By parameters of the issuer's own.
  case parameters(prompt: String, name: String, value: String)
  /// There is none.
  case none

  /// What is added to an authorization request.
  package struct Request: Sendable, Equatable {
    package var scopes: [String] = []
    package var prompts: [String] = []
    package var extra: [String: String] = [:]
  }

  /// What this adds.
  package var request: Request {
    switch self {
    case .always, .none: Request()
    case .scope: Request(scopes: ["offline_access"])
    case .parameters(let prompt, let name, let value):
      Request(prompts: [prompt], extra: [name: value])
    }
  }
}
