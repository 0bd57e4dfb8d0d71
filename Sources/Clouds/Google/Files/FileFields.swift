// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// The members of a credential file, each taken with a message at hand.
struct FileFields: Sendable {
  /// The largest text that a member may have: private keys have some 3 KB, tokens some 10.
  static let longest = 64 * 1024

  let json: StrictJSON
  let origin: Origin

  /// The text of a member that has to be there; throws `.configuration`.
  func text(_ name: String) throws(CloudError) -> String {
    guard let text = try optional(name) else { throw origin.wrong("it has no \(name)") }
    return text
  }

  /// The text of a member that may be missing, null or empty, which are the same; throws `.configuration` for anything
  /// but text, and for text with control characters other than white space.
  func optional(_ name: String) throws(CloudError) -> String? {
    guard let value = json[name], value != .null, value != .string("") else { return nil }
    guard let text = value.string, text.utf8.count <= Self.longest,
      text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) })
    else { throw origin.wrong("its \(name) is no text") }
    return text
  }

  /// A text that goes into a request line or a header field: one line without spaces.
  func word(_ name: String) throws(CloudError) -> String? {
    guard let text = try optional(name) else { return nil }
    guard Text.isVisibleASCII(text) else { throw origin.wrong("its \(name) has odd characters") }
    return text
  }

  /// A list of texts; empty if it is missing or null.
  ///
  /// Throws `.configuration` for anything else.
  func list(_ name: String) throws(CloudError) -> [String] {
    guard let value = json[name], value != .null else { return [] }
    guard let texts = value.strings, texts.allSatisfy(Text.isVisibleASCII) else {
      throw origin.wrong("its \(name) is no list of texts")
    }
    return texts
  }

  /// A whole number; nil if it is missing or null.
  ///
  /// Throws `.configuration` for anything else.
  func whole(_ name: String) throws(CloudError) -> Int? {
    guard let value = json[name], value != .null else { return nil }
    guard let number = value.integer, let whole = Int(exactly: number) else {
      throw origin.wrong("its \(name) is no whole number")
    }
    return whole
  }

  /// An object; nil if it is missing or null.
  ///
  /// Throws `.configuration` for anything else.
  func object(_ name: String) throws(CloudError) -> FileFields? {
    guard let value = json[name], value != .null else { return nil }
    guard value.members != nil else { throw origin.wrong("its \(name) is no object") }
    return FileFields(json: value, origin: origin)
  }
}
