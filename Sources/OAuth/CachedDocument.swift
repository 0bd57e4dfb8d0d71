// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// A public document of an issuer as it is kept: where it came from, when, and for how long it is
/// good.
package struct CachedDocument: Sendable, Equatable {
  /// What to do when the document is wanted.
  package enum Use: Sendable, Equatable {
    /// Take it as it is.
    case fresh
    /// Ask whether it changed.
    case revalidate
    /// Ask for it as if there were none.
    case refetch
  }

  /// The URL that it was fetched from.
  package let url: String
  /// When it was received, or last found unchanged.
  package let received: Date
  package let validators: DocumentValidators
  /// The document itself, as it came.
  package let bytes: [UInt8]

  package init(url: String, received: Date, validators: DocumentValidators, bytes: [UInt8]) {
    self.url = url
    self.received = received
    self.validators = validators
    self.bytes = bytes
  }

  /// What to do at a time.
  ///
  /// `atOnce` asks the issuer even within the document's life: a login does. After a day, and when
  /// the clock went backwards, the kept document counts for nothing.
  package func use(now: Date, atOnce: Bool = false) -> Use {
    let age = now.timeIntervalSince(received)
    guard (0..<Double(Limits.documentLife.most)).contains(age) else { return .refetch }
    if !atOnce, age < Double(validators.life) { return .fresh }
    return validators.canRevalidate ? .revalidate : .refetch
  }

  // MARK: as a file: four lines, then the document

  /// Time and life, URL, ETag, Last-Modified; then the document, byte for byte.
  package var encoded: [UInt8] {
    let lines = [
      "\(received.timeIntervalSince1970) \(validators.life)", url,
      validators.entityTag ?? "", validators.lastModified ?? "", "",
    ]
    return Array(lines.joined(separator: "\n").utf8) + bytes
  }

  /// Reads ``encoded``; nil for anything else.
  package init?(decoding file: [UInt8]) {
    let parts = file.split(
      separator: UInt8(ascii: "\n"),
      maxSplits: 4,
      omittingEmptySubsequences: false
    )
    guard parts.count == 5 else { return nil }
    let lines = parts.prefix(4).compactMap { String(validating: $0, as: UTF8.self) }
    guard lines.count == 4 else { return nil }
    let numbers = lines[0].split(separator: " ", omittingEmptySubsequences: false)
    guard numbers.count == 2, let received = Double(numbers[0]), received.isFinite,
      let life = Int(numbers[1]), !lines[1].isEmpty, Text.isVisibleASCII(lines[1])
    else { return nil }
    self.init(
      url: lines[1],
      received: Date(timeIntervalSince1970: received),
      validators: DocumentValidators(
        entityTag: lines[2].isEmpty ? nil : lines[2],
        lastModified: lines[3].isEmpty ? nil : lines[3],
        life: life
      ),
      bytes: Array(parts[4])
    )
  }
}
