// SPDX-License-Identifier: Apache-2.0

/// An address on this machine that can be listened on.
package struct LoopbackAddress: Equatable {
  /// The IP address: 127.0.0.1 or ::1.
  let address: String
  /// The port; 0 for any.
  let port: Int
  /// The host as it was asked for, and as a URL names it: 127.0.0.1, localhost or [::1].
  let host: String

  /// Accepts `127.0.0.1:PORT`, `localhost:PORT` and `[::1]:PORT`.
  ///
  /// Nothing else, so that no setting can show an authorization code to the network (RFC 8252 §8.3).
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
      let port = Int(digits), port <= 65535
    else { return nil }
    host = String(text[..<colon])
    switch host {
    case "127.0.0.1", "localhost": address = "127.0.0.1"
    case "[::1]": address = "::1"
    default: return nil
    }
    self.port = port
  }

  init(address: String, port: Int) {
    self.address = address
    host = address == "::1" ? "[::1]" : address
    self.port = port
  }

  /// The address as messages show it.
  var text: String { address == "::1" ? "[::1]:\(port)" : "\(address):\(port)" }
}
