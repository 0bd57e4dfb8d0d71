// SPDX-License-Identifier: Apache-2.0

/// One way to recognise an issuer, strict enough that no look-alike passes.
enum ProviderRule: Sendable {
  /// The issuer is exactly this.
  case issuer(String)
  /// https, no port, a host of the pattern (`*` stands for one label), and a path of the pattern.
  case host(String, path: String)
  /// The issuer's path has the pattern, and its endpoints lie at these places behind the issuer.
  case endpoints(path: String, authorization: String, token: String, keys: String)

  /// True if the issuer is meant; rules about endpoints need the metadata.
  func matches(_ issuer: Issuer, _ metadata: ProviderMetadata?) -> Bool {
    let address = issuer.address
    switch self {
    case .issuer(let text): return Text.sameBytes(issuer.text, text)
    case .host(let host, let path):
      return address.isHTTPS && address.port == nil
        && Self.matches(address.host, host, separator: ".")
        && Self.matches(address.path, path, separator: "/")
    case .endpoints(let path, let authorization, let token, let keys):
      guard let metadata, metadata.issuer == issuer,
        Self.matches(address.path, path, separator: "/")
      else {
        return false
      }
      let base = issuer.text.hasSuffix("/") ? String(issuer.text.dropLast()) : issuer.text
      return metadata.authorizationEndpoint?.text == base + authorization
        && metadata.tokenEndpoint.text == base + token
        && metadata.keysEndpoint.text == base + keys
    }
  }

  /// Patterns are segments, compared byte for byte: `*` stands for one that is not empty, `**` at the beginning for any
  /// number of them.
  private static func matches(
    _ text: String,
    _ pattern: String,
    separator: Character
  ) -> Bool {
    var segments = text.split(separator: separator, omittingEmptySubsequences: false)[...]
    var wanted = pattern.split(separator: separator, omittingEmptySubsequences: false)[...]
    if wanted.first == "**" {
      wanted = wanted.dropFirst()
      guard segments.count >= wanted.count else { return false }
      segments = segments.suffix(wanted.count)
    }
    guard segments.count == wanted.count else { return false }
    return zip(segments, wanted).allSatisfy { segment, wanted in
      wanted == "*" ? !segment.isEmpty : segment.utf8.elementsEqual(wanted.utf8)
    }
  }
}
