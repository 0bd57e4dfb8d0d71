// SPDX-License-Identifier: Apache-2.0

/// An address that may be given to a browser.
package struct BrowserAddress: Equatable {
  /// The address as it was given.
  package let text: String

  /// Accepts `https` to anywhere and `http` to this machine, written in the characters of RFC 3986 only.
  ///
  /// Rejects what a launcher could take for an option or a command, and user information, which is used only
  /// to deceive.
  package init?(_ text: String) {
    guard text.utf8.count <= 16384, text.utf8.allSatisfy(Self.isURLByte) else { return nil }
    let lowered = text.lowercased()
    let isSecure = lowered.hasPrefix("https://")
    guard isSecure || lowered.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { !"/?#".contains($0) }
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    guard isSecure || Self.isLoopback(authority.lowercased()) else { return nil }
    self.text = text
  }

  /// The address for launchers that hand it to PowerShell, which obeys these five characters.
  ///
  /// Percent-encoding them changes nothing for servers: RFC 3986 §2.2 leaves sub-delims to the scheme, and
  /// form decoding undoes it.
  package var forPowerShell: String {
    text.map { character in
      switch character {
      case "$": "%24"
      case "'": "%27"
      case "(": "%28"
      case ")": "%29"
      case ";": "%3B"
      default: String(character)
      }
    }.joined()
  }

  private static func isURLByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default:
      "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
    }
  }

  private static func isLoopback(_ authority: String) -> Bool {
    let hosts = ["localhost", "127.0.0.1", "[::1]"]
    return hosts.contains { host in
      guard authority.hasPrefix(host) else { return false }
      let port = authority.dropFirst(host.count)
      return port.isEmpty || (port.first == ":" && port.dropFirst().allSatisfy(\.isNumber))
    }
  }
}
