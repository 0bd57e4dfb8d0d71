// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("strict JSON")
struct StrictJSONTests {
  @Test(
    "values",
    arguments: [
      ("null", .null), (" true\n", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
      ("-0", .integer(0)), ("9223372036854775807", .integer(.max)), ("-12", .integer(-12)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5e3", .number(1500)),
      ("1e300", .number(1e300)), ("1E+2", .number(100)), ("\"\"", .string("")),
      (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
      (#""\u00e9\ud83d\ude00""#, .string("é😀")), ("\"é😀\"", .string("é😀")),
      ("[]", .array([])), ("[1 ,\t2]", .array([.integer(1), .integer(2)])), ("{}", .object([:])),
      (#"{"a":{"b":[null]}}"#, .object(["a": .object(["b": .array([.null])])])),
    ] as [(String, StrictJSON)]
  )
  func values(text: String, expected: StrictJSON) throws {
    #expect(try StrictJSON(parsing: text.utf8) == expected)
  }

  @Test(
    "what is refused",
    arguments: [
      "", " ", "nul", "True", "1 2", "{} x", "{}\u{0}", "\u{FEFF}{}", "[1,]", "[,1]", "[1", "[1 2]",
      "{\"a\":1,}", "{\"a\"}", "{a:1}", "{\"a\" 1}", "{\"a\":1", "{'a':1}", "{\"a\":1 \"b\":2}",
      #"{"a":1,"a":1}"#, #"{"iss":1,"\u0069ss":2}"#, "{\"\u{E9}\":1,\"e\u{301}\":2}", "01", "-",
      "+1", ".5", "1.", "1e", "1e+", "1e400", "-1e400", "NaN", "Infinity", "0x1", "\"a", "\"\\x\"",
      "\"\n\"", "\"\u{1F}\"", #""\u12""#, #""\u12g4""#, #""\ud800""#, #""\udc00""#,
      #""\ud800\u0041""#, #""\ud83dx""#, "/**/1", "\"\\",
      String(repeating: "9", count: 65),
    ]
  )
  func refused(text: String) {
    #expect(throws: StrictJSON.Fault.self) { try StrictJSON(parsing: text.utf8) }
  }

  @Test(
    "bytes that are not UTF-8",
    arguments: [
      [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80],
    ]
  )
  func encoding(bytes: [UInt8]) {
    #expect(throws: StrictJSON.Fault.self) { try StrictJSON(parsing: [0x22] + bytes + [0x22]) }
  }

  @Test("depth 32 is the last")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try StrictJSON(parsing: nested(32).utf8)
    #expect(throws: StrictJSON.Fault.self) { try StrictJSON(parsing: nested(33).utf8) }
    #expect(throws: StrictJSON.Fault.self) {
      try StrictJSON(parsing: String(repeating: "[{\"a\":", count: 100_000).utf8)
    }
  }

  @Test(
    "whole numbers",
    arguments: [
      ("1700000000", 1_700_000_000), ("1.7e9", 1_700_000_000), ("1.5", nil), ("1e300", nil),
      ("\"1\"", nil), ("9223372036854775807", .max), ("-1", -1),
    ] as [(String, Int64?)]
  )
  func integers(text: String, expected: Int64?) throws {
    #expect(try StrictJSON(parsing: text.utf8).integer == expected)
  }
}
