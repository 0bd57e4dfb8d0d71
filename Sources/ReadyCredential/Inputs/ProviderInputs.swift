// SPDX-License-Identifier: Apache-2.0

/// What the answer of a provider depends on besides the arguments: the one table of it.
///
/// Whoever makes a provider read another variable adds it here, or an old answer is printed after it changed.
/// Proxies are not inputs: they are a way to the issuer and do not change what it says. Neither are `SSL_CERT_FILE`
/// and `SSL_CERT_DIR`: they decide whether the issuer may be asked, and a ready credential asks nobody.
struct ProviderInputs {
  /// Options whose presence makes the provider read environment variables.
  var readers: [(option: String, variables: [String])]
  /// Options whose value is a path, so that a relative value means another file in another folder.
  var pathOptions: [String]
  /// Options whose value is the name of a variable that the provider reads.
  var variableOptions: [String]

  /// Variables that the provider reads whatever the options say.
  var always: [String] = []
  /// Those of them whose value is a path.
  var pathVariables: [String] = []

  /// The row of the provider named by `arguments` (`get-token PROVIDER …`), or nil if it is not known.
  static func of(arguments: [[UInt8]]) -> ProviderInputs? {
    guard arguments.count >= 2, arguments[0].elementsEqual("get-token".utf8) else { return nil }
    let provider = arguments[1]
    if provider.elementsEqual("oidc".utf8) { return oidc }
    if provider.elementsEqual("eks".utf8) { return eks }
    if provider.elementsEqual("gke".utf8) { return gke }
    if provider.elementsEqual("aks".utf8) { return aks }
    return nil
  }

  /// Whether a path option among `arguments` (as `--option value` or `--option=value`) or a path variable has a
  /// relative value.
  func hasRelativePath(in arguments: [[UInt8]], _ surroundings: Surroundings) -> Bool {
    let paths =
      values(of: pathOptions, in: arguments)
      + pathVariables.compactMap { surroundings.variable($0)?[...] }
    return paths.contains { $0.first != UInt8(ascii: "/") }
  }

  /// The names of all variables that the provider reads for these arguments.
  func variables(for arguments: [[UInt8]]) -> [String] {
    always + readers.flatMap { values(of: [$0.option], in: arguments).isEmpty ? [] : $0.variables }
      + values(of: variableOptions, in: arguments).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The values that options have among `arguments`, however they are spelled.
  private func values(of options: [String], in arguments: [[UInt8]]) -> [ArraySlice<UInt8>] {
    var values: [ArraySlice<UInt8>] = []
    for (index, argument) in arguments.enumerated() {
      for option in options where argument.starts(with: option.utf8) {
        let rest = argument.dropFirst(option.utf8.count)
        if rest.isEmpty {
          if index + 1 < arguments.count { values.append(arguments[index + 1][...]) }
        } else if rest.first == UInt8(ascii: "=") {
          values.append(rest.dropFirst())
        }
      }
    }
    return values
  }
}
