// SPDX-License-Identifier: Apache-2.0

/// An absolute http or https URL, parsed so strictly that every other parser must read it the same
/// way.
///
/// It accepts the common part of RFC 3986 and the WHATWG URL standard: lower-case scheme, no
/// userinfo, a host that is a DNS name, a dotted IPv4 address or a bracketed IPv6 address, path and
/// query of unreserved, reserved and well-formed percent-encoded characters. Backslashes, dot
/// segments, fragments and numbers as hosts ("2130706433") are refused.
package struct WebAddress: Sendable, Equatable {
  /// Why a text is not such a URL, in words for a message.
  package struct Flaw: Error, Equatable {
    /// The reason, to stand behind a colon.
    package let reason: String
  }

  /// The URL, byte for byte as given.
  package let text: String
  /// True for https, false for http.
  package let isHTTPS: Bool
  /// The host as written; an IPv6 address without its brackets.
  package let host: String
  /// The port, 1 to 65535, if it is written.
  package let port: Int?
  /// Empty, or beginning with a slash.
  package let path: String
  /// What stands behind the question mark, if there is one.
  package let query: String?
  /// True for 127.0.0.0/8, ::1 and exactly "localhost".
  package let isLoopback: Bool
  /// True for 169.254.0.0/16 and fe80::/10: somebody on this machine or its network segment, as metadata services are.
  package let isLinkLocal: Bool

  /// Parses a URL of at most 2048 bytes; throws ``Flaw``.
  package init(_ text: String) throws(Flaw) {
    guard !text.isEmpty else { throw Flaw(reason: "it is empty") }
    guard text.utf8.count <= Limits.url else {
      throw Flaw(reason: "it has more than \(Limits.url) bytes")
    }
    guard Text.isVisibleASCII(text) else {
      throw Flaw(reason: "it has a space, a control character or a letter outside ASCII")
    }
    let (isHTTPS, rest) = try Self.scheme(text)
    guard !rest.contains("#") else { throw Flaw(reason: "it has a fragment") }
    let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let (host, port) = try Self.authority(rest[..<authorityEnd])
    let tail = rest[authorityEnd...]
    let pathEnd = tail.firstIndex(of: "?") ?? tail.endIndex
    try Self.checkPath(tail[..<pathEnd])
    if pathEnd < tail.endIndex { try Self.checkCharacters(tail[tail.index(after: pathEnd)...]) }
    self.text = text
    self.isHTTPS = isHTTPS
    self.host = host.name
    self.isLoopback = host.isLoopback
    self.isLinkLocal = host.isLinkLocal
    self.port = port
    path = String(tail[..<pathEnd])
    query = pathEnd < tail.endIndex ? String(tail[tail.index(after: pathEnd)...]) : nil
  }

  private static func scheme(_ text: String) throws(Flaw) -> (Bool, Substring) {
    if text.hasPrefix("https://") { return (true, text.dropFirst(8)) }
    if text.hasPrefix("http://") { return (false, text.dropFirst(7)) }
    throw Flaw(reason: "it does not begin with https://")
  }

  private static func authority(_ text: Substring) throws(Flaw) -> (WebHost, Int?) {
    guard !text.contains("@") else { throw Flaw(reason: "it has a user name or password in it") }
    let hostEnd: Substring.Index
    if text.first == "[" {
      guard let close = text.firstIndex(of: "]") else {
        throw Flaw(reason: "its host is not a name or address")
      }
      hostEnd = text.index(after: close)
    } else {
      hostEnd = text.firstIndex(of: ":") ?? text.endIndex
    }
    guard let host = WebHost(text[..<hostEnd]) else {
      throw Flaw(reason: "its host is not a name or address")
    }
    let rest = text[hostEnd...]
    if rest.isEmpty { return (host, nil) }
    let digits = rest.dropFirst()
    guard rest.first == ":", digits.first != "0", digits.count <= 5,
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(digits), (1...65_535).contains(port)
    else { throw Flaw(reason: "its port is not a number from 1 to 65535") }
    return (host, port)
  }

  private static func checkPath(_ path: Substring) throws(Flaw) {
    try checkCharacters(path)
    for segment in path.split(separator: "/") where segment == "." || segment == ".." {
      throw Flaw(reason: "its path has a segment of dots")
    }
  }

  private static func checkCharacters(_ text: Substring) throws(Flaw) {
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "%"):
        guard index + 2 < bytes.count, FormEncoding.hexValue(bytes[index + 1]) != nil,
          FormEncoding.hexValue(bytes[index + 2]) != nil
        else { throw Flaw(reason: "it has a broken percent escape") }
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: break
      default:
        guard Array("-._~!$&'()*+,;=:@/?".utf8).contains(byte) else {
          throw Flaw(reason: "it has a character that URLs do not have")
        }
      }
    }
  }
}

extension WebAddress {
  /// A text with what may be a user name and password replaced, for messages about a URL that was refused.
  static func withoutUserInfo(_ text: String) -> String {
    guard let slashes = text.firstRange(of: "//") else { return text }
    let authority = text[slashes.upperBound...].prefix { !"/?#".contains($0) }
    guard let at = authority.lastIndex(of: "@") else { return text }
    return text[..<slashes.upperBound] + "…" + text[at...]
  }
}
