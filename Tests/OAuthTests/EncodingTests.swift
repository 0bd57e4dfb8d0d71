// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("encodings")
struct EncodingTests {
  @Test(
    "base64url, both ways",
    arguments: [
      ([], ""), ([0], "AA"), ([0xFF], "_w"), ([0xFB, 0xEF], "--8"), ([1, 2, 3], "AQID"),
      ([0x14, 0xFB, 0x9C, 0x03, 0xD9, 0x7E], "FPucA9l-"),
    ] as [([UInt8], String)]
  )
  func base64url(bytes: [UInt8], text: String) {
    #expect(Base64URL.encode(bytes) == text)
    #expect(Base64URL.decode(text.utf8) == bytes)
  }

  @Test("every length comes back")
  func roundTrip() {
    for length in 0..<70 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
      #expect(Base64URL.decode(Base64URL.encode(bytes).utf8) == bytes)
    }
  }

  @Test(
    "base64url that is refused: padding, spaces, the other alphabet, spare bits, a single character",
    arguments: ["AA==", "AA=", "A A", "AA\n", "+w", "/w", "AB", "AQF", "A", "AQIDA", "AQ.D", "ÄA"]
  )
  func refused(text: String) {
    #expect(Base64URL.decode(text.utf8) == nil)
  }

  @Test(
    "form encoding of one text",
    arguments: [
      ("aZ09*-._", "aZ09*-._", "aZ09*-._"), ("a b", "a+b", "a%20b"), ("a+b", "a%2Bb", "a%2Bb"),
      ("ä€😀", "%C3%A4%E2%82%AC%F0%9F%98%80", "%C3%A4%E2%82%AC%F0%9F%98%80"),
      (
        "&=%?#/:~'()!", "%26%3D%25%3F%23%2F%3A%7E%27%28%29%21",
        "%26%3D%25%3F%23%2F%3A%7E%27%28%29%21"
      ),
      ("\r\n\u{0}", "%0D%0A%00", "%0D%0A%00"),
    ]
  )
  func form(text: String, body: String, query: String) {
    #expect(FormEncoding.body([(text, text)]) == "\(body)=\(body)")
    #expect(FormEncoding.query([("q", text)]) == "q=\(query)")
    #expect(FormEncoding.decode(body.utf8)?.first?.name == text)
    #expect(FormEncoding.decode("q=\(query)".utf8)?.first?.value == text)
  }

  @Test(
    "form decoding",
    arguments: [
      ("", []), ("a=1&b=2", ["a=1", "b=2"]), ("a", ["a="]), ("a=b=c", ["a=b=c"]),
      ("&&a=1&", ["a=1"]),
      ("a=%41%2b+", ["a=A+ "]), ("a=%4", nil), ("a=%zz", nil), ("%=1", nil), ("a=%ff", nil),
    ] as [(String, [String]?)]
  )
  func decoding(text: String, expected: [String]?) {
    #expect(FormEncoding.decode(text.utf8)?.map { "\($0.name)=\($0.value)" } == expected)
  }

  @Test(
    "Retry-After, seen on Sun, 06 Nov 1994 08:49:00 GMT",
    arguments: [
      (nil, nil), ("0", 0), ("120", 120), ("999999999", 86_400), ("99999999999999", nil),
      ("-1", nil),
      ("1.5", nil), ("", nil), ("soon", nil), ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
      ("Sun, 06 Nov 1994 08:48:00 GMT", 0), ("Mon, 07 Nov 1994 08:48:59 GMT", 86_399),
      ("Sun, 06 Nov 2094 08:49:37 GMT", 86_400), ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("Sun, 6 Nov 1994 08:49:37 GMT", nil),
    ] as [(String?, Int?)]
  )
  func retryAfter(text: String?, expected: Int?) {
    var headers = HTTPFields()
    headers[.retryAfter] = text
    let now = Date(timeIntervalSince1970: 784_111_740)
    #expect(RetryAfter.seconds(in: headers, now: now) == expected)
  }

  @Test("a date needs a now, and leap days count")
  func dates() {
    let headers: HTTPFields = [.retryAfter: "Fri, 01 Mar 2024 00:00:10 GMT"]
    #expect(RetryAfter.seconds(in: headers, now: nil) == nil)
    let now = Date(timeIntervalSince1970: 1_709_251_200)  // 1 Mar 2024
    #expect(RetryAfter.seconds(in: headers, now: now) == 10)
    #expect(RetryAfter.seconds(in: [.retryAfter: "7"], now: nil) == 7)
  }
}
