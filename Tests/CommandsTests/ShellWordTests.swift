// SPDX-License-Identifier: Apache-2.0

import Commands
import Testing

@Suite struct ShellWordTests {
  @Test(arguments: [
    ("prod", "prod"), ("https://id.example.com/realms/dev", "https://id.example.com/realms/dev"),
    ("admin@prod-eu.1", "admin@prod-eu.1"), ("a=b,c+d%20", "a=b,c+d%20"),
    ("", "''"), ("two words", "'two words'"), ("it's", #"'it'\''s'"#), ("'", #"''\'''"#),
    ("$(rm -rf ~)", "'$(rm -rf ~)'"), ("`id`", "'`id`'"), ("a;b", "'a;b'"), ("a&b", "'a&b'"),
    ("a\nb", "'a\nb'"), ("*", "'*'"), ("~/x", "'~/x'"), ("!x", "'!x'"), (#"a\b"#, #"'a\b'"#),
    ("#x", "'#x'"), ("größe", "'größe'"),
  ])
  func quoting(_ word: String, _ quoted: String) {
    #expect(ShellWord.quote(word) == quoted)
  }

  /// A kubeconfig of somebody else must not have us suggest an option.
  @Test(arguments: [
    ("prod", "prod"), ("--switch", "--context=--switch"), ("-v", "--context=-v"),
    ("-x y", "'--context=-x y'"), ("a -b", "'a -b'"),
  ])
  func contexts(_ name: String, _ shown: String) {
    #expect(ShellWord.context(name) == shown)
  }
}
