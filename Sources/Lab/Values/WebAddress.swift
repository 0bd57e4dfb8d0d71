// SPDX-License-Identifier: Apache-2.0

/// The parts of an http or https URL that the lab looks at.
package struct WebAddress: Sendable, Equatable {
  /// `http` or `https`.
  package let scheme: String
  /// The host in lower case; an IPv6 address keeps its brackets.
  package let host: String
  /// The port as given, or the scheme's own.
  package let port: Int
  /// The path, at least `/`.
  package let path: String
  /// What follows the question mark, without it.
  package let query: String?

  /// Splits an absolute URL; nil when it is none, has another scheme or names a user.
  package init?(_ text: String) {
    guard let separator = text.firstRange(of: "://") else { return nil }
    let scheme = text[..<separator.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let withoutFragment = text[separator.upperBound...].prefix { $0 != "#" }
    let authority = withoutFragment.prefix { $0 != "/" && $0 != "?" }
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    let target = withoutFragment.dropFirst(authority.count)
    let path = target.prefix { $0 != "?" }
    var host = authority[...]
    var port = scheme == "http" ? 80 : 443
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      guard let given = Int(authority[authority.index(after: colon)...]) else { return nil }
      port = given
      host = authority[..<colon]
    }
    self.scheme = scheme
    self.host = host.lowercased()
    self.port = port
    self.path = path.isEmpty ? "/" : String(path)
    let query = target.dropFirst(path.count)
    self.query = query.isEmpty ? nil : String(query.dropFirst())
  }

  /// Scheme, host and port: two addresses with equal origins are the same server.
  package var origin: String { "\(scheme)://\(host):\(port)" }

  /// The parameters of the query.
  package var parameters: FormFields { FormFields(decoding: query ?? "") }

  /// The absolute URL that `reference` means on this page: absolute, or from the root, or a query
  /// alone.
  func resolving(_ reference: String) -> String {
    if reference.contains("://") { return reference }
    if reference.isEmpty { return "\(origin)\(path)" }
    if reference.hasPrefix("/") { return "\(origin)\(reference)" }
    if reference.hasPrefix("?") { return "\(origin)\(path)\(reference)" }
    let folder = path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex)
    return "\(origin)\(folder)\(reference)"
  }
}
