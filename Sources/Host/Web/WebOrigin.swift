// SPDX-License-Identifier: Apache-2.0
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The server that a URL leads to.
package struct WebOrigin: Sendable, Equatable {
  /// Whether it is asked over TLS.
  package let isSecure: Bool
  /// The host, without brackets.
  package let host: String
  /// The port.
  package let port: Int

  /// The origin of an `http` or `https` URL; nil for anything else.
  ///
  /// Other schemes that the HTTP client knows lead to sockets in the file system, which no URL from outside may do.
  package init?(url: String) {
    let isPlain = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    guard isPlain, let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = parts.host, !host.isEmpty
    else { return nil }
    isSecure = scheme == "https"
    self.host = String(host.drop { $0 == "[" }.prefix { $0 != "]" })
    port = parts.port ?? (isSecure ? 443 : 80)
  }

  /// The server as messages name it.
  package var name: String {
    let shown = Terminal.escape(host.contains(":") ? "[\(host)]" : host)
    return port == (isSecure ? 443 : 80) ? shown : "\(shown):\(port)"
  }
}
