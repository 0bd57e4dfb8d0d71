// SPDX-License-Identifier: Apache-2.0

/// The issuer and subject of a certificate, read for a message only: no decision may rest on them.
package struct CertificateNames: Sendable, Equatable {
  /// The issuer's common name, else its organization, escaped.
  package let issuer: String
  /// The subject's common name, else its organization, escaped.
  package let subject: String
  /// Whether issuer and subject are the same bytes.
  package let isSelfIssued: Bool

  /// Reads a certificate in DER (RFC 5280 §4.1); nil if it has another shape.
  package init?(der: [UInt8]) {
    var outer = DERReader(der[...])
    guard let certificate = outer.next(), certificate.tag == 0x30 else { return nil }
    var inner = DERReader(certificate.content)
    guard let signed = inner.next(), signed.tag == 0x30 else { return nil }
    var fields = DERReader(signed.content)
    guard var field = fields.next() else { return nil }
    if field.tag == 0xa0 {
      // The version is optional; what follows is the serial number.
      guard let serial = fields.next() else { return nil }
      field = serial
    }
    guard field.tag == 0x02, fields.next() != nil, let issuer = fields.next(),
      fields.next() != nil, let subject = fields.next()
    else { return nil }
    self.issuer = Self.name(issuer.content)
    self.subject = Self.name(subject.content)
    isSelfIssued = issuer.content.elementsEqual(subject.content)
  }

  /// The best of a distinguished name's attributes: id-at-commonName 2.5.4.3, else organizationName 2.5.4.10.
  private static func name(_ bytes: ArraySlice<UInt8>) -> String {
    var organization: String?
    var sets = DERReader(bytes)
    while let set = sets.next() {
      var attributes = DERReader(set.content)
      guard let attribute = attributes.next() else { continue }
      var parts = DERReader(attribute.content)
      guard let type = parts.next(), let value = parts.next() else { continue }
      let text = Terminal.escape(String(decoding: value.content.prefix(128), as: UTF8.self))
      if type.content.elementsEqual([0x55, 4, 3]) { return text }
      if type.content.elementsEqual([0x55, 4, 10]) { organization = text }
    }
    return organization ?? "no name"
  }
}

/// Steps through elements of DER (X.690 §8.1), of lengths up to 64 KiB.
struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  /// The next element; nil at the end, or where it is malformed.
  mutating func next() -> (tag: UInt8, content: ArraySlice<UInt8>)? {
    guard let tag = rest.popFirst(), let first = rest.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      guard first == 0x81 || first == 0x82 else { return nil }
      length = 0
      for _ in 0..<(first & 0x7f) {
        guard let digit = rest.popFirst() else { return nil }
        length = length << 8 | Int(digit)
      }
    }
    guard length <= rest.count else { return nil }
    defer { rest = rest.dropFirst(length) }
    return (tag, rest.prefix(length))
  }
}
