// SPDX-License-Identifier: Apache-2.0

/// The servers that are reached without a proxy: `NO_PROXY`.
///
/// There is no standard for it; these are the rules of Go's `golang.org/x/net/http/httpproxy`, because that is what
/// kubectl goes by, and one machine should not have two.
package struct ProxyExceptions: Sendable, Equatable {
  private enum Rule: Sendable, Equatable {
    case everything
    case range(NetworkRange)
    case address(NetworkAddress, port: Int?)
    /// `suffix` begins with a dot; the domain itself counts only where it was written without one.
    case domain(suffix: String, includesItself: Bool, port: Int?)
  }

  private let rules: [Rule]

  /// Reads a list that commas separate; entries that say nothing are left out.
  package init(_ text: String) {
    rules = text.split(separator: ",").prefix(1000).compactMap { Self.rule(String($0)) }
  }

  private static func rule(_ entry: String) -> Rule? {
    let text = entry.lowercased().trimmingSpaces
    if text == "*" { return .everything }
    if let range = NetworkRange(text) { return .range(range) }
    guard let (host, port) = split(text), !host.isEmpty else { return nil }
    if let address = NetworkAddress(host) { return .address(address, port: port) }
    let name = host.hasPrefix("*.") ? String(host.dropFirst()) : host
    let isSuffix = name.hasPrefix(".")
    return .domain(suffix: isSuffix ? name : "." + name, includesItself: !isSuffix, port: port)
  }

  /// Host and port of `host`, `host:port`, `[::1]`, `[::1]:port` or `::1`; nil if the port is none.
  private static func split(_ text: String) -> (host: String, port: Int?)? {
    if NetworkAddress(text) != nil { return (text, nil) }
    var rest = Substring(text)
    var host = rest.prefix { $0 != ":" }
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
    } else {
      rest = rest.dropFirst(host.count)
    }
    if rest.isEmpty { return (String(host), nil) }
    guard rest.first == ":", let port = Int(rest.dropFirst()), (0...65535).contains(port) else {
      return nil
    }
    return (String(host), port)
  }

  /// Whether a server is reached directly: by a rule, or because it is this machine.
  ///
  /// A proxy's loopback is not ours, and the loopback listener's answers are nobody else's business.
  package func contains(host: String, port: Int) -> Bool {
    let name = host.lowercased()
    let address = NetworkAddress(name)
    if name == "localhost" || address?.isLoopback == true { return true }
    return rules.contains { rule in
      switch rule {
      case .everything: true
      case .range(let range): address.map(range.contains) ?? false
      case .address(let known, let only): known == address && (only ?? port) == port
      case .domain(let suffix, let includesItself, let only):
        (only ?? port) == port
          && (name.hasSuffix(suffix) || (includesItself && name == suffix.dropFirst()))
      }
    }
  }
}

extension String {
  /// The text without spaces and tabs at its ends.
  fileprivate var trimmingSpaces: String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard let first = firstIndex(where: { !isSpace($0) }),
      let last = lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(self[first...last])
  }
}
