// SPDX-License-Identifier: Apache-2.0
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A proxy, as a variable of the environment names it.
package struct WebProxy: Sendable, Equatable {
  /// How it is spoken to.
  package enum Kind: Sendable, Equatable {
    /// `CONNECT` (RFC 9110 §9.3.6), for plain HTTP too.
    case http
    /// SOCKS 5 without authentication (RFC 1928); it resolves the names.
    case socks
  }

  /// How it is spoken to.
  package let kind: Kind
  /// Its host, without brackets.
  package let host: String
  /// Its port.
  package let port: Int
  /// What it is told about who asks.
  package let login: ProxyLogin?
  /// The variable that names it.
  package let variable: String

  /// Reads `scheme://user:password@host:port`; all but the host may be missing.
  ///
  /// - Parameters:
  ///   - text: The variable's value, which may hold a password: no message repeats it.
  ///   - variable: The variable.
  /// - Throws: `.notSent`, in words that name the variable only.
  package init(_ text: String, variable: String) throws(WebFailure) {
    let hasScheme = text.contains("://")
    guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
      let parts = URLComponents(string: hasScheme ? text : "http://" + text),
      let host = parts.host, !host.isEmpty
    else { throw .notSent("\(variable) is not the address of a proxy") }
    switch parts.scheme?.lowercased() {
    case "http": (kind, port) = (.http, parts.port ?? 80)
    case "socks5", "socks5h": (kind, port) = (.socks, parts.port ?? 1080)
    default:
      throw .notSent("\(variable) names a proxy that is neither http:// nor socks5://")
    }
    guard (1...65535).contains(port) else {
      throw .notSent("\(variable) is not the address of a proxy")
    }
    self.host = String(host.drop { $0 == "[" }.prefix { $0 != "]" })
    self.variable = variable
    login = parts.user.map { ProxyLogin(user: $0, password: parts.password ?? "") }
    if kind == .socks, login != nil {
      throw .notSent("\(variable) names a SOCKS proxy with a user, which is not supported")
    }
  }

  /// The proxy as messages name it: where it is and who says so, without user and password.
  package var name: String {
    let shown = Terminal.escape(host.contains(":") ? "[\(host)]" : host)
    return "\(shown):\(port) (\(variable))"
  }
}

/// A user and a password for a proxy; whatever prints it shows a placeholder.
package struct ProxyLogin: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
  private let user: String
  private let password: String

  /// A login from its parts, decoded.
  package init(user: String, password: String) {
    self.user = user
    self.password = password
  }

  /// The credentials of the Basic scheme (RFC 7617 §2), for the one header that carries them.
  package func exposeBasic() -> String {
    Data("\(user):\(password)".utf8).base64EncodedString()
  }

  /// A placeholder.
  package var description: String { "‹secret›" }
  /// A mirror without children, so that `dump` shows nothing either.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
