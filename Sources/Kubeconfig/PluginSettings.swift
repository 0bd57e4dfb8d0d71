// SPDX-License-Identifier: Apache-2.0

/// What a cluster tells its credential plugin: the cluster's extension `client.authentication.k8s.io/exec`.
///
/// Source: client-go `tools/clientcmd/api` and KEP-541. Its content is the plugin's own; lanyard takes options of
/// `get-token oidc` by their long names there.
package struct PluginSettings: Equatable, Sendable {
  /// The name of the extension in a kubeconfig.
  package static let extensionName = "client.authentication.k8s.io/exec"

  /// One member: its name, and its value or values as text.
  package struct Entry: Equatable, Sendable {
    /// The member's name.
    package let name: String
    /// What it holds.
    package let value: Value

    /// Makes an entry.
    package init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// What a member holds.
  package enum Value: Equatable, Sendable {
    /// True or false.
    case flag(Bool)
    /// A string, or each of a list of strings.
    case texts([String])
    /// Something that no option can be.
    case unusable
  }

  /// The members in the order in which they stand.
  package let entries: [Entry]

  /// Makes settings of entries.
  package init(entries: [Entry]) { self.entries = entries }
}

extension PluginSettings {
  /// Reads the raw JSON of `spec.cluster.config`; nil if it is not an object.
  package init?(json: [UInt8]) {
    guard let root = try? JSONReader.read(json), case .object(let members) = root.value else {
      return nil
    }
    entries = members.map { Entry(name: $0.name, value: Self.value($0.node)) }
  }

  /// Reads the tree of a kubeconfig; nil if it is not a mapping.
  init?(yaml: YAMLNode) {
    guard case .mapping(let pairs) = yaml.content else { return nil }
    entries = pairs.map { pair in
      guard case .scalar(let name, _) = pair.key.content else {
        return Entry(name: "", value: .unusable)
      }
      return Entry(name: name, value: Self.value(pair.value))
    }
  }

  private static func value(_ node: JSONNode) -> Value {
    switch node.value {
    case .bool(let flag): return .flag(flag)
    case .string(let text): return .texts([text])
    case .array(let items):
      let texts = items.compactMap { item -> String? in
        if case .string(let text) = item.value { text } else { nil }
      }
      return texts.count == items.count ? .texts(texts) : .unusable
    case .null, .number, .object: return .unusable
    }
  }

  private static func value(_ node: YAMLNode) -> Value {
    switch node.content {
    case .scalar(let text, plain: false): return .texts([text])
    case .scalar(let text, plain: true):
      switch YAMLNode.meaning(of: text) {
      case .bool(let flag): return .flag(flag)
      case .string: return .texts([text])
      case .null, .number: return .unusable
      }
    case .sequence(let items):
      let texts = items.compactMap { item -> String? in
        if case .texts(let texts) = value(item), texts.count == 1 { texts.first } else { nil }
      }
      return texts.count == items.count ? .texts(texts) : .unusable
    case .mapping: return .unusable
    }
  }
}
