// SPDX-License-Identifier: Apache-2.0

/// Which proxy leads to a server, by the variables that kubectl goes by.
///
/// A kubeconfig can set these variables for us (`exec.env`). What a hostile proxy gets to see of an `https` request is
/// the issuer's host name and port, sizes and times: it carries a TLS connection whose certificate is checked against
/// the same authorities as without it. It can refuse service, which is a temporary failure. Plain `http` is spoken with
/// loopback issuers only, and loopback is never asked through a proxy.
package struct ProxyRules: Sendable {
  private let environment: [String: String]
  private let exceptions: ProxyExceptions

  /// The rules of an environment; nothing is judged before a server is asked for.
  package init(environment: [String: String]) {
    self.environment = environment
    let list = Self.first(of: ["NO_PROXY", "no_proxy"], in: environment)?.value
    exceptions = ProxyExceptions(list ?? "")
  }

  /// The proxy for a server; nil if it is asked directly.
  ///
  /// - Throws: `.notSent` if the variable that counts is none of a proxy.
  package func proxy(for origin: WebOrigin) throws(WebFailure) -> WebProxy? {
    guard !exceptions.contains(host: origin.host, port: origin.port),
      let found = Self.first(of: names(isSecure: origin.isSecure), in: environment)
    else { return nil }
    return try WebProxy(found.value, variable: found.name)
  }

  /// The variables for a scheme, in order.
  ///
  /// A web server's CGI turns a request's `Proxy` header into `HTTP_PROXY` (CVE-2016-5385), so there it does not count.
  private func names(isSecure: Bool) -> [String] {
    let general = ["ALL_PROXY", "all_proxy"]
    if isSecure { return ["HTTPS_PROXY", "https_proxy"] + general }
    let isCGI = environment["REQUEST_METHOD"]?.isEmpty == false
    return (isCGI ? [] : ["HTTP_PROXY"]) + ["http_proxy"] + general
  }

  /// The first of some variables that is set and not empty.
  private static func first(
    of names: [String],
    in environment: [String: String]
  ) -> (name: String, value: String)? {
    for name in names {
      if let value = environment[name], !value.isEmpty { return (name, value) }
    }
    return nil
  }

  /// Every variable that is looked at here; a process that asks servers on our behalf needs them.
  static let variables = [
    "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY",
    "no_proxy", "REQUEST_METHOD",
  ]
}
