// SPDX-License-Identifier: Apache-2.0

import Testing

import EKSToken

@Suite struct INITextTests {
  private static func sections(_ text: String) throws -> [String: [String: String]] {
    Dictionary(
      uniqueKeysWithValues: try INIText(parsing: Array(text.utf8)).sections.map {
        ($0.name, $0.values)
      }
    )
  }

  @Test(
    arguments: [
      ("[a]\nk = v", ["a": ["k": "v"]]),
      ("[a]\r\nK=v\r\n\r\n[b]\rk:v", ["a": ["k": "v"], "b": ["k": "v"]]),
      ("\u{FEFF}[a]\nk=v", ["a": ["k": "v"]]),
      ("# c\n[a] # no comment of the value's\n; c\nk = v # kept\n", ["a": ["k": "v # kept"]]),
      ("[a]\nk = v\n  # a comment of its own\n  more\n", ["a": ["k": "v\nmore"]]),
      ("[a]\nk = a=b:c\n", ["a": ["k": "a=b:c"]]),
      ("[a]\nk =\nl = 1", ["a": ["k": "", "l": "1"]]),
      ("[a]\nk=1\n[a]\nk=2\nl=3", ["a": ["k": "2", "l": "3"]]),
      ("[a]\n\tk = v\n\tl = w", ["a": ["k": "v", "l": "w"]]),
      ("[profile \"x y\"]\nk=v", ["profile \"x y\"": ["k": "v"]]),
      ("", [:]),
    ] as [(String, [String: [String: String]])]
  )
  func `a text is read as Python's configparser reads it`(
    text: String,
    expected: [String: [String: String]]
  ) throws {
    #expect(try Self.sections(text) == expected)
  }

  @Test func `an indented block is a value of its own`() throws {
    let text = """
      [services dev]
      sts =
        endpoint_url = http://localhost:1
        Other = 2
      sso = x
      """
    let section = try #require(INIText(parsing: Array(text.utf8)).sections.first)
    #expect(section.blocks == ["sts": ["endpoint_url": "http://localhost:1", "Other": "2"]])
    #expect(section.values == ["sso": "x"])
  }

  @Test(
    arguments: [
      ("k = v", 1), ("[a]\nnothing", 2), ("[a]\n= v", 2), ("[a]\nk =\n  nothing\n", 3),
      ("[]\nk=v", 1),
    ]
  )
  func `what botocore does not read is refused with its line`(text: String, line: Int) {
    #expect {
      try INIText(parsing: Array(text.utf8))
    } throws: { error in
      (error as? INIText.Fault)?.line == line
    }
  }

  @Test func `bytes that are no UTF-8 are refused`() {
    #expect(throws: INIText.Fault.self) { try INIText(parsing: Array("[a]\nk=".utf8) + [0xFF]) }
  }

  @Test func `a file above the limit is refused`() {
    let bytes = [UInt8](repeating: 10, count: INIText.maximumLength + 1)
    #expect(throws: INIText.Fault.self) { try INIText(parsing: bytes) }
  }

  @Test func `nothing secret shows when it is printed or dumped`() throws {
    let text = try INIText(parsing: Array("[a]\naws_secret_access_key = canary".utf8))
    let profile = AWSProfile(name: "a", values: ["aws_secret_access_key": "canary"])
    var shown = "\(text) \(text.sections) \(profile) \(String(reflecting: profile))"
    dump(text, to: &shown)
    dump(profile, to: &shown)
    dump(HiddenText("canary"), to: &shown)
    #expect(!shown.contains("canary"))
  }
}
