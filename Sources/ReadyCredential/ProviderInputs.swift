// SPDX-License-Identifier: Apache-2.0

/// What the answer of a provider depends on besides the arguments: the one table of it.
///
/// Whoever makes a provider read another variable adds it here, or an old answer is printed after it changed.
/// Proxies are not inputs: they are a way to the issuer and do not change what it says. Neither are `SSL_CERT_FILE`
/// and `SSL_CERT_DIR`: they decide whether the issuer may be asked, and a ready credential asks nobody.
struct ProviderInputs {
  /// Environment variables that the provider reads.
  var variables: [String]
  /// Options whose value is a path, so that a relative value means another file in another folder.
  var pathOptions: [String]

  /// The row of the provider named by `arguments` (`get-token PROVIDER …`), or nil if it is not known.
  static func of(arguments: [[UInt8]]) -> ProviderInputs? {
    guard arguments.count >= 2, arguments[0].elementsEqual("get-token".utf8) else { return nil }
    if arguments[1].elementsEqual("oidc".utf8) {
      return ProviderInputs(
        variables: [],
        pathOptions: ["--client-secret-file", "--certificate-authority"]
      )
    }
    return nil
  }

  /// Whether a path option among `arguments` has a relative value, as `--option value` or `--option=value`.
  func hasRelativePath(in arguments: [[UInt8]]) -> Bool {
    for (index, argument) in arguments.enumerated() {
      for option in pathOptions where argument.starts(with: option.utf8) {
        let rest = argument.dropFirst(option.utf8.count)
        if rest.isEmpty {
          guard index + 1 < arguments.count else { continue }
          if arguments[index + 1].first != UInt8(ascii: "/") { return true }
        } else if rest.first == UInt8(ascii: "="), rest.dropFirst().first != UInt8(ascii: "/") {
          return true
        }
      }
    }
    return false
  }
}
