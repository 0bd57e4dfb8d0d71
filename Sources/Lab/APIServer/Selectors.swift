// SPDX-License-Identifier: Apache-2.0

/// Which objects of a list are asked for by their labels (apimachinery `labels.Parse`): `a=b`, `a==b`, `a!=b`,
/// `a in (b,c)`, `a notin (b,c)`, `a` and `!a`, with commas between.
struct LabelSelector: Sendable {
  private let requirements: [@Sendable ([String: JSONValue]) -> Bool]

  /// Throws `KubernetesStatus` when the text is no selector.
  init(_ text: String) throws(KubernetesStatus) {
    var requirements: [@Sendable ([String: JSONValue]) -> Bool] = []
    for requirement in Self.split(text) { requirements.append(try Self.parse(requirement)) }
    self.requirements = requirements
  }

  func matches(_ object: JSONValue) -> Bool {
    let labels = object["metadata"]?["labels"]?.object ?? [:]
    return requirements.allSatisfy { $0(labels) }
  }

  /// At commas that are not within parentheses.
  private static func split(_ text: String) -> [String] {
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth == 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return text.isEmpty ? [] : parts
  }

  private static func parse(_ text: String) throws(KubernetesStatus)
    -> @Sendable ([String: JSONValue]) -> Bool
  {
    let refusal = KubernetesStatus.badRequest("unable to parse requirement: \"\(text)\"")
    if let (name, isEqual, value) = Comparison.parts(of: text) {
      guard isName(name), value.isEmpty || isName(value) else { throw refusal }
      return { ($0[name]?.string == value) == isEqual }
    }
    if let open = text.firstIndex(of: "(") {
      let words = text[..<open].split(separator: " ").map(String.init)
      guard words.count == 2, text.last == ")", isName(words[0]) else { throw refusal }
      let name = words[0]
      let inside = text[text.index(after: open)...].dropLast()
      let values = inside.split(separator: ",", omittingEmptySubsequences: false)
        .map { trimmed($0) }
      guard values.allSatisfy({ $0.isEmpty || isName($0) }) else { throw refusal }
      switch words[1] {
      case "in": return { labels in values.contains { labels[name]?.string == $0 } }
      case "notin": return { labels in !values.contains { labels[name]?.string == $0 } }
      default: throw refusal
      }
    }
    let plain = trimmed(text)
    let isAbsent = plain.hasPrefix("!")
    let name = isAbsent ? trimmed(plain.dropFirst()) : plain
    guard isName(name) else { throw refusal }
    return { ($0[name] == nil) == isAbsent }
  }

  /// Whether these are the characters of a label's name or value.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || "-_./".unicodeScalars.contains(scalar))
      }
  }
}

/// Which objects of a list are asked for by their fields (apimachinery `fields.ParseSelector`): `a=b`, `a==b` and
/// `a!=b`, with commas between.
struct FieldSelector: Sendable {
  private let comparisons: [(path: [String], isEqual: Bool, value: String)]

  /// Throws `KubernetesStatus` when the text is no selector, or has a field that nobody selects by.
  init(_ text: String, fields: [String]) throws(KubernetesStatus) {
    var comparisons: [(path: [String], isEqual: Bool, value: String)] = []
    for part in text.split(separator: ",") {
      guard let (name, isEqual, value) = Comparison.parts(of: String(part)) else {
        throw .badRequest("invalid selector: '\(text)'; can't understand '\(part)'")
      }
      guard fields.contains(name) else { throw .badRequest("field label not supported: \(name)") }
      let path = name.split(separator: ".").map(String.init)
      comparisons.append((path: path, isEqual: isEqual, value: value))
    }
    self.comparisons = comparisons
  }

  func matches(_ object: JSONValue) -> Bool {
    comparisons.allSatisfy { comparison in
      let field = comparison.path.reduce(Optional(object)) { $0?[$1] }
      return ((field?.string ?? "") == comparison.value) == comparison.isEqual
    }
  }
}

/// One `name=value`, `name==value` or `name!=value` of a selector.
private enum Comparison {
  static func parts(of text: String) -> (name: String, isEqual: Bool, value: String)? {
    guard let sign = text.firstIndex(of: "=") else { return nil }
    var name = text[..<sign]
    var value = text[text.index(after: sign)...]
    let isEqual = name.last != "!"
    if !isEqual { name.removeLast() }
    if isEqual, value.first == "=" { value.removeFirst() }
    return (trimmed(name), isEqual, trimmed(value))
  }
}

private func trimmed(_ text: some StringProtocol) -> String {
  text.split(separator: " ").joined(separator: " ")
}
