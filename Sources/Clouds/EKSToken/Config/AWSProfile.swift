// SPDX-License-Identifier: Apache-2.0

/// One profile, SSO session or services section: keys and values, some of them secret.
///
/// Printing it shows its name only.
package struct AWSProfile: Sendable {
  /// Its name, without the `profile` or `sso-session` before it.
  package let name: String
  private var values: [String: String]
  private var blocks: [String: [String: String]]

  /// Names a section of a file.
  init(name: String, _ section: INIText.Section) {
    self.name = name
    self.values = section.values
    self.blocks = section.blocks
  }

  /// A profile made up of values; keys in lower case.
  package init(name: String, values: [String: String] = [:]) {
    self.name = name
    self.values = values
    self.blocks = [:]
  }

  /// The value of a key (in lower case); nil if it is not there or empty.
  package subscript(_ key: String) -> String? {
    guard let value = values[key], !value.isEmpty else { return nil }
    return value
  }

  /// A value in a block: `sts =` and, indented, `endpoint_url = …`.
  package subscript(_ block: String, _ key: String) -> String? {
    guard let value = blocks[block]?[key], !value.isEmpty else { return nil }
    return value
  }

  /// Whether a key is there, even with an empty value or as a block.
  package func has(_ key: String) -> Bool {
    values[key] != nil || blocks[key] != nil
  }

  /// This profile with what another says about the same keys laid over it.
  func overlaid(with other: AWSProfile) -> AWSProfile {
    var result = self
    result.values.merge(other.values) { $1 }
    result.blocks.merge(other.blocks) { $1 }
    return result
  }
}

extension AWSProfile: CustomStringConvertible, CustomReflectable {
  package var description: String { "AWSProfile(\(name))" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
