// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("cached documents")
struct CachedDocumentTests {
  static let now = Date(timeIntervalSince1970: 1_700_000_000)
  static let url = "https://issuer.test/realms/one/.well-known/openid-configuration"
  static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

  static func fields(_ pairs: [(String, String)]) -> HTTPFields {
    var fields = HTTPFields()
    for (name, value) in pairs {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return fields
  }

  static func document(
    tag: String? = nil,
    modified: String? = nil,
    life: Int = 3600,
    url: String = url,
    bytes: [UInt8] = DiscoveryTests.document()
  ) -> CachedDocument {
    CachedDocument(
      url: url,
      received: now,
      validators: DocumentValidators(entityTag: tag, lastModified: modified, life: life),
      bytes: bytes
    )
  }

  @Test(
    "when to ask again",
    arguments: [
      (0, false, true, .fresh), (3599, false, true, .fresh), (3600, false, true, .revalidate),
      (86_399, false, true, .revalidate), (86_400, false, true, .refetch),
      (-1, false, true, .refetch), (0, true, true, .revalidate), (3600, false, false, .refetch),
      (0, true, false, .refetch), (3599, false, false, .fresh), (-1, true, true, .refetch),
    ] as [(Double, Bool, Bool, CachedDocument.Use)]
  )
  func use(age: Double, atOnce: Bool, hasTag: Bool, expected: CachedDocument.Use) {
    let document = Self.document(tag: hasTag ? "\"1\"" : nil)
    #expect(document.use(now: Self.now.addingTimeInterval(age), atOnce: atOnce) == expected)
    let dated = Self.document(modified: hasTag ? Self.date : nil)
    #expect(dated.use(now: Self.now.addingTimeInterval(age), atOnce: atOnce) == expected)
  }

  @Test(
    "the life in the header fields",
    arguments: [
      ([], 86_400), ([("Cache-Control", "max-age=300")], 300),
      ([("Cache-Control", "public, MAX-AGE = \"300\" ,must-revalidate")], 300),
      ([("Cache-Control", "max-age=0")], 60), ([("Cache-Control", "max-age=59")], 60),
      ([("Cache-Control", "max-age=86401")], 86_400),
      ([("Cache-Control", "max-age=99999999999999999999999")], 86_400),
      ([("Cache-Control", "max-age=-1")], 86_400), ([("Cache-Control", "max-age=x")], 86_400),
      ([("Cache-Control", "max-age")], 86_400), ([("Cache-Control", "s-maxage=300")], 86_400),
      ([("Cache-Control", "no-store, no-cache")], 86_400),
      ([("Cache-Control", "max-age=300, max-age=400")], 300),
      ([("Cache-Control", "max-age=300"), ("Age", "100")], 200),
      ([("Cache-Control", "max-age=300"), ("Age", "9999999999999")], 60),
      ([("Cache-Control", "max-age=300"), ("Age", "-5")], 300), ([("Age", "100")], 86_400),
    ] as [([(String, String)], Int)]
  )
  func life(pairs: [(String, String)], expected: Int) {
    #expect(DocumentValidators(Self.fields(pairs)).life == expected)
  }

  @Test(
    "validators that are kept, and others",
    arguments: [
      ("\"abc\"", true), ("W/\"abc\"", true), ("\"\"", true), ("abc", false), ("\"", false),
      ("\"a\"b\"", false), ("\"a b\"", false), ("\"é\"", false), ("w/\"abc\"", false), ("", false),
      ("\"\(String(repeating: "x", count: 254))\"", true),
      ("\"\(String(repeating: "x", count: 255))\"", false), ("\"a\"\r\nX: y", false),
    ]
  )
  func tags(tag: String, isKept: Bool) {
    let validators = DocumentValidators(entityTag: tag, lastModified: "yesterday", life: 60)
    #expect(validators.entityTag == (isKept ? tag : nil))
    #expect(validators.lastModified == nil)
  }

  @Test("a file and back")
  func coding() throws {
    for document in [
      Self.document(), Self.document(tag: "W/\"1\"", modified: Self.date, life: 60),
      Self.document(bytes: []), Self.document(bytes: Array("\n\n{}\n".utf8)),
    ] {
      #expect(CachedDocument(decoding: document.encoded) == document)
    }
  }

  @Test(
    "files that are not read",
    arguments: [
      "", "{}", "1700000000.0\n{}", "1 60\n\n\n\n{}", "1 60\nhttps://a.test\n\n",
      "x 60\nhttps://a.test\n\n\n{}", "nan 60\nhttps://a.test\n\n\n{}",
      "1\nhttps://a.test\n\n\n{}", "1 60 7\nhttps://a.test\n\n\n{}",
      "1 6e1\nhttps://a.test\n\n\n{}", "1 60\nhttps://a test\n\n\n{}",
    ]
  )
  func files(text: String) {
    #expect(CachedDocument(decoding: Array(text.utf8)) == nil)
  }

  @Test("a file cannot lengthen a life")
  func fileLife() {
    let file = Array("1 999999999\nhttps://a.test\nx\ny\n{}".utf8)
    let validators = CachedDocument(decoding: file)?.validators
    #expect(validators == DocumentValidators(entityTag: nil, lastModified: nil, life: 86_400))
  }

  /// Asks with a kept document, and gives what was asked and what came of it.
  static func ask(
    _ known: CachedDocument?,
    answer: HTTPAnswer,
    expecting conditions: [String?]
  ) async throws(OAuthError) -> CachedDocument {
    let issuer = try Issuer(Forge.issuer)
    return try await ProviderMetadata.discover(
      issuer,
      known: known,
      now: now.addingTimeInterval(100)
    ) {
      (call) async throws(TransportFailure) -> HTTPAnswer in
      #expect([call.headers[.ifNoneMatch], call.headers[.ifModifiedSince]] == conditions)
      return answer
    }.document
  }

  @Test("unchanged: the bytes stay, time and fields are those of the new answer")
  func unchanged() async throws {
    let known = Self.document(tag: "\"1\"", modified: Self.date)
    let found = try await Self.ask(
      known,
      answer: HTTPAnswer(
        status: 304,
        headers: Self.fields([("ETag", "\"2\""), ("Cache-Control", "max-age=120")])
      ),
      expecting: ["\"1\"", Self.date]
    )
    #expect(found.bytes == known.bytes)
    #expect(found.received == Self.now.addingTimeInterval(100))
    let expected = DocumentValidators(entityTag: "\"2\"", lastModified: Self.date, life: 120)
    #expect(found.validators == expected)
  }

  @Test("unchanged without fields: the kept ones stay")
  func unchangedBare() async throws {
    let known = Self.document(tag: "\"1\"", life: 300)
    let found = try await Self.ask(
      known,
      answer: HTTPAnswer(status: 304),
      expecting: ["\"1\"", nil]
    )
    #expect(found.validators == known.validators)
  }

  @Test("changed: everything is new")
  func changed() async throws {
    let document = DiscoveryTests.document(["x": "1"])
    let found = try await Self.ask(
      Self.document(tag: "\"1\"", modified: Self.date),
      answer: HTTPAnswer(status: 200, body: document),
      expecting: ["\"1\"", Self.date]
    )
    #expect(found.bytes == document)
    #expect(found.validators == DocumentValidators([:]))
  }

  @Test("of another URL, or without validators, nothing is said to be known")
  func unconditional() async throws {
    let answer = HTTPAnswer(status: 200, body: DiscoveryTests.document())
    for known in [Self.document(tag: "\"1\"", url: Self.url + "x"), Self.document(), nil] {
      _ = try await Self.ask(known, answer: answer, expecting: [nil, nil])
      await #expect(throws: OAuthError.self, "a 304 that was not asked for") {
        try await Self.ask(known, answer: HTTPAnswer(status: 304), expecting: [nil, nil])
      }
    }
  }
}
