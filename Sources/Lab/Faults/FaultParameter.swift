// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// A parameter that a kind of fault takes, and what its value may be.
struct FaultParameter: Sendable {
  /// The parameter's name; with a period at its end, the beginning of any number of names.
  let name: String
  /// What the value has to be, in words.
  let form: String
  /// Whether there is no default.
  private(set) var isRequired = false
  private let accepts: @Sendable (_ key: String, _ value: String) -> Bool

  private init(
    _ name: String,
    _ form: String,
    _ accepts: @escaping @Sendable (_ key: String, _ value: String) -> Bool
  ) {
    self.name = name
    self.form = form
    self.accepts = accepts
  }

  static func text(_ name: String) -> Self { Self(name, "text") { _, _ in true } }

  static func number(_ name: String, _ range: ClosedRange<Int>) -> Self {
    Self(name, "a number of \(range.lowerBound) to \(range.upperBound)") { _, value in
      Int(value).map { range.contains($0) } ?? false
    }
  }

  /// A status of HTTP (RFC 9110 §15).
  static let status = number("code", 100...599)

  /// A time, or a shift of one.
  static let seconds = number("seconds", -LabOptions.longest...LabOptions.longest)

  /// So many bytes, or other things, of an answer; what is larger than this only fills the memory.
  static func size(_ name: String) -> Self { number(name, 0...100_000_000) }

  static func choice(_ name: String, _ values: [String]) -> Self {
    Self(name, "one of \(values.joined(separator: ", "))") { _, value in values.contains(value) }
  }

  static let algorithm = Self(
    "alg",
    "one of \(SigningAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))"
  ) { _, value in (try? SigningAlgorithm(parsing: value)) != nil }

  /// The name of a header field.
  static let field = Self("name", "the name of a header field") { _, value in
    HTTPField.Name(value) != nil
  }

  /// Header fields, each as a parameter of its own.
  static let fields = Self("header.", "text, behind the name of a header field") { key, _ in
    HTTPField.Name(String(key.dropFirst("header.".count))) != nil
  }

  /// The same without a default.
  var required: Self {
    var parameter = self
    parameter.isRequired = true
    return parameter
  }

  /// Whether a key is this parameter's.
  func isNamed(_ key: String) -> Bool {
    name.hasSuffix(".") ? key.hasPrefix(name) : key == name
  }

  /// Checks what a fault gives; throws `LabError.badOption`.
  func check(_ key: String, _ value: String, of fault: String) throws {
    guard accepts(key, value) else {
      throw LabError(
        .badOption,
        "the fault \"\(fault)\" cannot have \(key)=\(value.prefix(100))",
        remedy: "\(key) takes \(form)"
      )
    }
  }
}
