// SPDX-License-Identifier: Apache-2.0

/// Scopes of a request (RFC 6749 section 3.3).
enum Scopes {
  /// The scopes in their order without repetitions, openid first if it was missing, with spaces
  /// between.
  static func joined(_ scopes: [String]) throws(OAuthError) -> String {
    var seen: Set<String> = []
    var result: [String] = []
    for scope in scopes.contains("openid") ? scopes : ["openid"] + scopes {
      guard !scope.isEmpty, Text.isVisibleASCII(scope), !scope.contains("\""),
        !scope.contains("\\")
      else {
        throw invalid("\"\(Text.line(scope, limit: 40))\" is not a scope")
      }
      if seen.insert(scope).inserted { result.append(scope) }
    }
    return result.joined(separator: " ")
  }

  static func invalid(_ reason: String) -> OAuthError {
    OAuthError(
      .requestInvalid,
      what: "the login request cannot be built: \(reason)",
      remedy: "check the scopes and parameters in the kubeconfig user"
    )
  }
}
