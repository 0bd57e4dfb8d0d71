// SPDX-License-Identifier: Apache-2.0
import Host
import Testing

@Suite struct EscapeTests {
  @Test(arguments: [
    ("plain text, größer 漢字", "plain text, größer 漢字"),
    ("", ""),
    ("\u{1b}[31mred", "\\u{1b}[31mred"),
    ("a\nb\r\tc\0", "a\\u{a}b\\u{d}\\u{9}c\\u{0}"),
    ("\u{7f}\u{80}\u{9b}31m", "\\u{7f}\\u{80}\\u{9b}31m"),
    ("\r\n", "\\u{d}\\u{a}"),
    ("a\u{202e}b\u{2066}c\u{200f}", "a\\u{202e}b\\u{2066}c\\u{200f}"),
    ("\u{2028}\u{2029}\u{feff}\u{e0041}", "\\u{2028}\\u{2029}\\u{feff}\\u{e0041}"),
    ("\u{85}", "\\u{85}"),
  ])
  func whatATerminalObeysIsSpeltOut(_ text: String, _ shown: String) {
    #expect(Terminal.escape(text) == shown)
  }

  @Test func noControlCharacterSurvives() {
    for value in (0...0x1f).map({ UInt32($0) }) + (0x7f...0x9f).map({ UInt32($0) }) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let shown = Terminal.escape("a" + String(Character(scalar)))
      #expect(shown == "a\\u{\(String(value, radix: 16))}")
    }
  }
}
