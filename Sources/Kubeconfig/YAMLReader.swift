// SPDX-License-Identifier: Apache-2.0

/// Reads members of one file's YAML tree with the types that Kubernetes wants, and says where one is wrong.
///
/// Like Kubernetes' decoder: names are case-sensitive, a null counts as absent, the last of two equal names wins,
/// and a number is not a string.
struct YAMLReader {
  let file: String

  /// The value of a member; nil if the member, or the node itself, is absent or null.
  func member(_ name: String, of node: YAMLNode) throws(KubeconfigError) -> YAMLNode? {
    if isNull(node) { return nil }
    guard case .mapping(let pairs) = node.content else {
      throw fault(node, "a mapping with \(name) is expected here")
    }
    if let value = pairs.last(where: { Self.text($0.key) == name })?.value {
      return isNull(value) ? nil : value
    }
    // A merge key (https://yaml.org/type/merge.html), which Kubernetes' parser understands too.
    for pair in pairs where Self.text(pair.key) == "<<" {
      if case .sequence(let sources) = pair.value.content {
        for source in sources {
          if let value = try member(name, of: source) { return value }
        }
      } else if let value = try member(name, of: pair.value) {
        return value
      }
    }
    return nil
  }

  /// A member that must be a string; empty if absent.
  func string(_ name: String, of node: YAMLNode) throws(KubeconfigError) -> String {
    guard let value = try member(name, of: node) else { return "" }
    return try string(value, named: name)
  }

  func string(_ node: YAMLNode, named name: String) throws(KubeconfigError) -> String {
    guard case .scalar(let text, let plain) = node.content else {
      throw fault(node, "\(name) must be a string")
    }
    guard plain else { return text }
    switch YAMLNode.meaning(of: text) {
    case .string: return text
    case .null: return ""
    case .bool, .number:
      throw fault(node, "\(name) must be a string: put \(quoted(text)) in quotes")
    }
  }

  /// A member that must be true or false; false if absent.
  func bool(_ name: String, of node: YAMLNode) throws(KubeconfigError) -> Bool {
    guard let value = try member(name, of: node) else { return false }
    guard case .scalar(let text, plain: true) = value.content,
      case .bool(let flag) = YAMLNode.meaning(of: text)
    else { throw fault(value, "\(name) must be true or false") }
    return flag
  }

  /// The items of a member that must be a list; empty if absent.
  func items(_ name: String, of node: YAMLNode) throws(KubeconfigError) -> [YAMLNode] {
    guard let value = try member(name, of: node) else { return [] }
    if case .sequence(let items) = value.content { return items }
    throw fault(value, "\(name) must be a list")
  }

  func isNull(_ node: YAMLNode) -> Bool {
    guard case .scalar(let text, plain: true) = node.content,
      case .null = YAMLNode.meaning(of: text)
    else { return false }
    return true
  }

  func fault(
    _ node: YAMLNode,
    _ what: String,
    code: KubeconfigError.Code = .malformed
  ) -> KubeconfigError {
    KubeconfigError(
      code,
      what: "\(quoted(file)), line \(node.start.line + 1): \(what)",
      remedy: "correct that line; kubectl refuses this file too"
    )
  }

  private static func text(_ node: YAMLNode) -> String? {
    guard case .scalar(let text, _) = node.content else { return nil }
    return text
  }
}
