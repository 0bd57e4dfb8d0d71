// SPDX-License-Identifier: Apache-2.0

/// A redirect URI on this machine (RFC 8252 section 7.3): `http://HOST[:PORT][/PATH]`.
///
/// Issuers compare it byte for byte with what is registered, at most leaving out the port, so the
/// spelling of the host and an absent path are kept as they were given.
package struct RedirectURI: Sendable, Equatable {
  /// The ways to write this machine's loopback address.
  package enum Host: String, Sendable, CaseIterable {
    case ipv4 = "127.0.0.1"
    case localhost
    case ipv6 = "[::1]"
  }

  /// How the host is written.
  package let host: Host
  /// The port, 1 to 65535; nil stands for any free one, which ``listening(on:)`` fills in.
  package let port: Int?
  /// The path that the browser will ask for: it begins with a slash, also if none was given.
  package let path: String
  private let suffix: String

  /// Throws ``OAuthError/Code/requestInvalid`` for another scheme or host, a query, a user name, and
  /// a path of more than letters, digits and `-._~/`.
  ///
  /// Browsers rewrite some other characters, and the path is compared byte for byte afterwards.
  package init(_ text: String) throws(OAuthError) {
    let address: WebAddress
    do {
      address = try WebAddress(text)
    } catch {
      throw Self.refusal(text, error.reason)
    }
    guard !address.isHTTPS else {
      throw Self.refusal(text, "it is https, and the listener on this machine is http")
    }
    let spelling = address.host.contains(":") ? "[\(address.host)]" : address.host
    guard let host = Host(rawValue: spelling) else {
      throw Self.refusal(text, "its host is none of 127.0.0.1, localhost and [::1]")
    }
    guard address.query == nil else { throw Self.refusal(text, "it has a query") }
    guard Self.isPlain(address.path) else {
      throw Self.refusal(text, "its path has other characters than letters, digits and -._~/")
    }
    self.init(host, address.port, address.path)
  }

  private init(_ host: Host, _ port: Int?, _ suffix: String) {
    self.host = host
    self.port = port
    self.suffix = suffix
    path = suffix.isEmpty ? "/" : suffix
  }

  /// The same with the port that a listener got.
  package func listening(on port: Int) -> RedirectURI {
    RedirectURI(host, port, suffix)
  }

  /// What the authorization and token requests say.
  package var text: String { "http://\(authority)\(suffix)" }

  /// Host and port for a listener; port 0 for any.
  package var listenAddress: String { "\(host.rawValue):\(port ?? 0)" }

  /// Every `Host` field that a browser may send to a listener on a port: all spellings, because a
  /// page of this machine may be reached by each; also without the port if it is the default one.
  package static func hostFields(port: Int) -> [String] {
    Host.allCases.flatMap { host in
      ["\(host.rawValue):\(port)"] + (port == 80 ? [host.rawValue] : [])
    }
  }

  private var authority: String { host.rawValue + (port.map { ":\($0)" } ?? "") }

  private static func isPlain(_ path: String) -> Bool {
    !path.contains("//")
      && path.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: Array("-._~/".utf8).contains(byte)
        }
      }
  }

  private static func refusal(_ text: String, _ reason: String) -> OAuthError {
    OAuthError(
      .requestInvalid,
      what: "\"\(Text.line(text))\" is not a redirect URI for this machine: \(reason)",
      remedy: "give it as it is registered at the issuer, as http://localhost:8000/callback"
    )
  }
}
