// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// What an answer says about how long a document is good and how to ask whether it changed (RFC 9111
/// section 4.2, RFC 9110 section 8.8).
package struct DocumentValidators: Sendable, Equatable {
  /// The `ETag` field as it came, with its quotes; nil if it is absent or not one.
  package let entityTag: String?
  /// The `Last-Modified` field as it came; nil if it is absent or no date.
  package let lastModified: String?
  /// Seconds for which the document need not be asked for again: 60 to one day.
  package let life: Int

  package init(entityTag: String?, lastModified: String?, life: Int) {
    self.entityTag = entityTag.flatMap { Self.isEntityTag($0) ? $0 : nil }
    self.lastModified = lastModified.flatMap {
      RetryAfter.epoch(imfFixdate: $0) == nil ? nil : $0
    }
    self.life = min(max(life, Limits.documentLife.least), Limits.documentLife.most)
  }

  /// Reads the fields of an answer.
  ///
  /// Without `max-age` the life is one day. That holds for `no-cache` and `no-store` too, which some
  /// issuers put on everything: the document is public, an unknown key id fetches keys at once,
  /// and a login asks for both anew.
  package init(_ headers: HTTPFields) {
    let age = headers[.age].flatMap(Self.seconds) ?? 0
    let life = headers[.cacheControl].flatMap(Self.maxAge).map { $0 - age }
    self.init(
      entityTag: headers[.eTag],
      lastModified: headers[.lastModified],
      life: life ?? Limits.documentLife.most
    )
  }

  /// Header fields that ask for the document only if it changed; empty if nothing is known.
  var conditions: HTTPFields {
    var fields: HTTPFields = [:]
    if let entityTag { fields[.ifNoneMatch] = entityTag }
    // RFC 9110 section 13.1.3: it is ignored beside If-None-Match by who knows that, and may be sent.
    if let lastModified { fields[.ifModifiedSince] = lastModified }
    return fields
  }

  /// True if a changed document can be told from an unchanged one.
  var canRevalidate: Bool { entityTag != nil || lastModified != nil }

  /// What a 304 changes (RFC 9111 section 4.3.4): fields that it has replace the kept ones.
  func updated(by headers: HTTPFields) -> DocumentValidators {
    let new = DocumentValidators(headers)
    return DocumentValidators(
      entityTag: new.entityTag ?? entityTag,
      lastModified: new.lastModified ?? lastModified,
      life: headers[.cacheControl].flatMap(Self.maxAge) == nil ? life : new.life
    )
  }

  /// RFC 9110 section 8.8.3: visible characters in quotes, with W/ before a weak one.
  private static func isEntityTag(_ text: String) -> Bool {
    let opaque = text.hasPrefix("W/") ? text.dropFirst(2) : text[...]
    let inner = opaque.dropFirst().dropLast()
    return text.utf8.count <= 256 && opaque.utf8.count >= 2 && opaque.first == "\""
      && opaque.last == "\"" && !inner.contains("\"") && Text.isVisibleASCII(String(inner))
  }

  /// The first `max-age`; nil without one that is a number.
  private static func maxAge(_ field: String) -> Int? {
    for directive in field.split(separator: ",") {
      let halves = directive.split(separator: "=", maxSplits: 1)
      guard halves.count == 2, trimmed(halves[0]).lowercased() == "max-age" else { continue }
      return seconds(trimmed(halves[1]).filter { $0 != "\"" })
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text.drop { $0 == " " || $0 == "\t" }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return String(rest)
  }

  /// RFC 9111 section 1.2.2: a number too large to be held is a large one.
  private static func seconds(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return text.utf8.count > 9 ? 1_000_000_000 : Int(text)
  }
}
