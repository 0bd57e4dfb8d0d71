// SPDX-License-Identifier: Apache-2.0

/// The first form of an HTML page, as a browser without scripts would fill and send it.
///
/// Reads what the lab's and comparable pages contain: `form`, `input` and `button` tags with quoted
/// attributes.
package struct HTMLForm: Sendable, Equatable {
  /// Where it goes, as written in the page; empty means the page's own address.
  package let action: String
  /// `get` or `post`.
  package let method: String
  /// The names of all fields that a person can fill or choose.
  package private(set) var names: Set<String> = []
  private var values: [(name: String, value: String)] = []
  /// The value that the first button sends, under its name.
  private var button: (name: String, value: String)?

  /// Finds the form; nil when the page has none.
  package init?(in page: String) {
    guard let start = page.firstRange(of: "<form"), let end = page.firstRange(of: "</form>"),
      start.lowerBound < end.lowerBound
    else { return nil }
    let tags = HTMLTag.all(in: page[start.lowerBound..<end.lowerBound])
    guard let form = tags.first else { return nil }
    action = form.attributes["action"] ?? ""
    method = (form.attributes["method"] ?? "get").lowercased()
    for tag in tags.dropFirst() { add(tag) }
  }

  private mutating func add(_ tag: HTMLTag) {
    guard let name = tag.attributes["name"] else { return }
    let value = tag.attributes["value"] ?? ""
    switch (tag.name, tag.attributes["type"] ?? "text") {
    case ("input", "hidden"):
      values.append((name, value))
    case ("input", "radio"), ("input", "checkbox"):
      names.insert(name)
      if tag.attributes["checked"] != nil { values.append((name, value)) }
    case ("input", _):
      names.insert(name)
      values.append((name, value))
    case ("button", _):
      if button == nil { button = (name, value) }
    default:
      break
    }
  }

  /// The form's fields with `answers` filled in, and the button that was pressed: the first one, or
  /// `pressing`.
  package func filled(_ answers: [String: String], pressing: String? = nil) -> FormFields {
    var pairs = values.filter { answers[$0.name] == nil }.map { ($0.name, $0.value) }
    pairs += answers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    if let button { pairs.append((button.name, pressing ?? button.value)) }
    return FormFields(pairs)
  }

  package static func == (left: HTMLForm, right: HTMLForm) -> Bool {
    left.action == right.action && left.method == right.method
      && left.filled([:]) == right.filled([:])
  }
}

/// An opening tag with its attributes.
private struct HTMLTag {
  let name: String
  private(set) var attributes: [String: String] = [:]

  static func all(in html: Substring) -> [HTMLTag] {
    html.split(separator: "<").compactMap { piece in
      guard let first = piece.first, first.isLetter, let end = piece.firstIndex(of: ">") else {
        return nil
      }
      return HTMLTag(piece[..<end])
    }
  }

  private init(_ text: Substring) {
    var rest = text
    name = Self.takeName(&rest).lowercased()
    while true {
      rest = rest.drop { $0.isWhitespace || $0 == "/" }
      guard !rest.isEmpty else { return }
      let attribute = Self.takeName(&rest).lowercased()
      guard !attribute.isEmpty else { return }
      guard rest.first == "=" else {
        attributes[attribute] = ""
        continue
      }
      rest = rest.dropFirst()
      guard rest.first == "\"" else { return }
      let value = rest.dropFirst().prefix { $0 != "\"" }
      rest = rest.dropFirst(value.count + 2)
      attributes[attribute] = Self.unescape(value)
    }
  }

  private static func takeName(_ rest: inout Substring) -> String {
    let name = rest.prefix { !$0.isWhitespace && $0 != "=" && $0 != "/" }
    rest = rest.dropFirst(name.count)
    return String(name)
  }

  private static func unescape(_ text: Substring) -> String {
    String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
      .replacing("&amp;", with: "&")
  }
}
