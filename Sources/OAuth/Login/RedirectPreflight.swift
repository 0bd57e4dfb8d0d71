// SPDX-License-Identifier: Apache-2.0

/// What a browser asks on behalf of a page before it sends a request that the page wants (Fetch
/// standard, CORS-preflight request; Private Network Access).
package struct RedirectPreflight: Sendable {
  /// `Access-Control-Request-Method`.
  let method: String
  /// `Access-Control-Request-Private-Network` is true: from the internet to this machine.
  let isToPrivateNetwork: Bool

  package init(method: String, isToPrivateNetwork: Bool) {
    self.method = method
    self.isToPrivateNetwork = isToPrivateNetwork
  }

  /// Header fields of the answer: leave for the issuer's own pages, which post the form, and for
  /// no other origin.
  func headers(origin: String?, allowed: Set<String>) -> [(String, String)] {
    let methods = "GET, POST"
    var fields = [("Allow", methods + ", OPTIONS"), ("Vary", "Origin")]
    guard let origin, allowed.contains(origin), method == "GET" || method == "POST" else {
      return fields
    }
    fields += [
      ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Methods", methods),
    ]
    if isToPrivateNetwork { fields.append(("Access-Control-Allow-Private-Network", "true")) }
    return fields
  }
}

extension WebAddress {
  /// The origin as browsers write it in the `Origin` field: lower-case host, no default port.
  var origin: String {
    let name = host.contains(":") ? "[\(host)]" : host.lowercased()
    let isDefault = port == nil || port == (isHTTPS ? 443 : 80)
    let suffix = isDefault ? "" : port.map { ":\($0)" } ?? ""
    return "\(isHTTPS ? "https" : "http")://\(name)\(suffix)"
  }
}
