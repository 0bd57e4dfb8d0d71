// SPDX-License-Identifier: Apache-2.0

/// What a small YAML file of the user's own says, as plain values.
package indirect enum SettingsTree: Sendable, Equatable {
  /// Nothing, or `null`.
  case empty
  /// `true` or `false`.
  case flag(Bool)
  /// A string; a number as it is written.
  case text(String)
  /// A list.
  case list([SettingsTree])
  /// A mapping in the order in which it stands.
  case map([Entry])

  /// One entry of a mapping.
  package struct Entry: Sendable, Equatable {
    /// Its name.
    package let name: String
    /// The line that it stands in, from 1.
    package let line: Int
    /// What it holds.
    package let value: SettingsTree
  }

  /// Reads a file's first document.
  ///
  /// - Parameters:
  ///   - bytes: What the file holds, YAML or JSON.
  ///   - file: Its name, for the message.
  /// - Returns: `.empty` for a file without a document.
  /// - Throws: `KubeconfigError` with the line where it is no YAML, or a name is no text.
  package static func read(_ bytes: [UInt8], file: String) throws(KubeconfigError) -> SettingsTree {
    let root: YAMLNode?
    do throws(YAMLFault) {
      root = try YAMLComposer.compose(bytes)
    } catch {
      throw KubeconfigError(
        .malformed,
        what: "\(quoted(file)), line \(error.line + 1): \(error.what)",
        remedy: "correct that line"
      )
    }
    guard let root else { return .empty }
    return try tree(root, file)
  }

  private static func tree(_ node: YAMLNode, _ file: String) throws(KubeconfigError) -> SettingsTree
  {
    switch node.content {
    case .scalar(let text, plain: false): return .text(text)
    case .scalar(let text, plain: true):
      switch YAMLNode.meaning(of: text) {
      case .null: return .empty
      case .bool(let flag): return .flag(flag)
      case .number, .string: return .text(text)
      }
    case .sequence(let items):
      var values: [SettingsTree] = []
      for item in items { values.append(try tree(item, file)) }
      return .list(values)
    case .mapping(let pairs):
      var entries: [Entry] = []
      for pair in pairs {
        let line = pair.key.start.line + 1
        guard case .scalar(let name, _) = pair.key.content else {
          throw KubeconfigError(
            .malformed,
            what: "\(quoted(file)), line \(line): a name is expected here",
            remedy: "correct that line"
          )
        }
        entries.append(Entry(name: name, line: line, value: try tree(pair.value, file)))
      }
      return .map(entries)
    }
  }
}
