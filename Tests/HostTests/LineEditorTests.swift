// SPDX-License-Identifier: Apache-2.0
import Host
import Testing

@Suite struct LineEditorTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var keys: String
    var line: String
    var event = LineEditor.Event.done
    var shown: String
    var testDescription: String { String(reflecting: keys) }
  }

  static let rows = [
    Row(keys: "abc\n", line: "abc", shown: "abc"),
    Row(keys: "abc\r", line: "abc", shown: "abc"),
    Row(keys: "\n", line: "", shown: ""),
    Row(keys: "ab\u{7f}c\n", line: "ac", shown: "ab\u{8} \u{8}c"),
    Row(keys: "\u{8}\u{8}a\n", line: "a", shown: "a"),
    Row(keys: "aé\u{7f}b\n", line: "ab", shown: "a?\u{8} \u{8}b"),
    Row(keys: "ab\u{15}c\n", line: "c", shown: "ab\u{8} \u{8}\u{8} \u{8}c"),
    Row(keys: "\u{4}", line: "", event: .end, shown: ""),
    Row(keys: "a\u{4}\n", line: "a", shown: "a"),
    Row(keys: "a\u{1b}[Ab\n", line: "ab", shown: "ab"),
    Row(keys: "a\u{1b}[1;5Cb\n", line: "ab", shown: "ab"),
    Row(keys: "a\u{1b}OPb\n", line: "ab", shown: "ab"),
    Row(keys: "a\u{1b}xb\n", line: "ab", shown: "ab"),
    Row(keys: "a\u{1b}\n", line: "a", shown: "a"),
    Row(keys: "a\u{1b}[200~b\u{1b}[201~\n", line: "ab", shown: "ab"),
    Row(keys: "a\u{1b}[\n", line: "a", shown: "a"),
    Row(keys: "a\tb\u{7}\n", line: "ab", shown: "ab"),
    Row(keys: "12345678\n", line: "12345678", shown: "12345678"),
    Row(keys: "123456789", line: "12345678", event: .tooLong, shown: "12345678"),
    Row(keys: "abc", line: "abc", event: .goesOn, shown: "abc"),
  ]

  @Test(arguments: rows)
  func keysMakeALine(_ row: Row) {
    for echo in [LineEditor.Echo.visible, .hidden] {
      var editor = LineEditor(echo: echo, limit: 8)
      var last = LineEditor.Event.goesOn
      var shown: [UInt8] = []
      for byte in row.keys.utf8 where last == .goesOn {
        let (event, bytes) = editor.take(byte)
        last = event
        shown += bytes
      }
      #expect(String(decoding: editor.bytes, as: UTF8.self) == row.line)
      #expect(last == row.event)
      #expect(String(decoding: shown, as: UTF8.self) == (echo == .visible ? row.shown : ""))
    }
  }
}
