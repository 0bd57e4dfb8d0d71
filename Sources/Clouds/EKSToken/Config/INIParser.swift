// SPDX-License-Identifier: Apache-2.0

/// Takes the lines of an INI text one by one.
struct INIParser {
  private var sections: [INIText.Section] = []
  private var places: [String: Int] = [:]
  /// The section, the key and the lines of the value that the next line may continue.
  private var pending: (section: Int, key: String, lines: [String])?
  private var current: Int?
  private var indent = 0
  private var number = 0

  /// Lines without their ends; a lone CR ends one too, as in Python's universal newlines.
  static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    var index = start
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == 10 || byte == 13 {
        lines.append(bytes[start..<index])
        if byte == 13, index + 1 < bytes.endIndex, bytes[index + 1] == 10 { index += 1 }
        start = index + 1
      }
      index += 1
    }
    if start < bytes.endIndex { lines.append(bytes[start...]) }
    return lines
  }

  mutating func take(_ raw: ArraySlice<UInt8>) throws(INIText.Fault) {
    number += 1
    let bytes = Self.trimmed(raw)
    guard let first = bytes.first else {
      pending?.lines.append("")
      return
    }
    if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") { return }
    guard let line = String(validating: bytes, as: UTF8.self) else {
      throw fault("the line is not UTF-8")
    }
    let lineIndent = bytes.startIndex - raw.startIndex
    if pending != nil, lineIndent > indent {
      pending?.lines.append(line)
      return
    }
    indent = lineIndent
    try close()
    if first == UInt8(ascii: "["), let end = bytes.lastIndex(of: UInt8(ascii: "]")),
      end > bytes.startIndex + 1
    {
      begin(String(decoding: bytes[(bytes.startIndex + 1)..<end], as: UTF8.self))
    } else {
      try key(bytes)
    }
  }

  mutating func finish() throws(INIText.Fault) -> [INIText.Section] {
    try close()
    return sections
  }

  private mutating func begin(_ name: String) {
    if let place = places[name] {
      current = place
    } else {
      places[name] = sections.count
      current = sections.count
      sections.append(INIText.Section(name: name))
    }
  }

  private mutating func key(_ bytes: ArraySlice<UInt8>) throws(INIText.Fault) {
    guard let current else { throw fault("a key stands before the first [section]") }
    let delimiter = bytes.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }
    guard let delimiter else { throw fault("the line is neither a [section] nor a key = value") }
    let name = Self.trimmed(bytes[..<delimiter])
    guard !name.isEmpty else { throw fault("the line has no key before its = sign") }
    let value = Self.trimmed(bytes[(delimiter + 1)...])
    pending = (
      current, String(decoding: name, as: UTF8.self).lowercased(),
      [String(decoding: value, as: UTF8.self)]
    )
  }

  /// Puts the pending value where it belongs.
  private mutating func close() throws(INIText.Fault) {
    guard let (section, key, lines) = pending else { return }
    pending = nil
    let used = lines.lastIndex { !$0.isEmpty }.map { lines[...$0] } ?? []
    guard used.count > 1, used.first?.isEmpty == true else {
      sections[section].blocks[key] = nil
      sections[section].values[key] = used.joined(separator: "\n")
      return
    }
    var block: [String: String] = [:]
    for line in used where !line.isEmpty {
      guard let equals = line.firstIndex(of: "=") else {
        throw fault("a line of the block above is no key = value")
      }
      block[Self.trimmed(line[..<equals])] = Self.trimmed(line[line.index(after: equals)...])
    }
    sections[section].values[key] = nil
    sections[section].blocks[key] = block
  }

  private func fault(_ reason: String) -> INIText.Fault {
    INIText.Fault(line: number, reason: reason)
  }

  private static func trimmed(_ text: Substring) -> String {
    String(decoding: trimmed(Array(text.utf8)[...]), as: UTF8.self)
  }

  /// Without the ASCII white space around it.
  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isSpace = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return [] }
    return bytes[first...last]
  }
}
