// SPDX-License-Identifier: Apache-2.0

import OAuth

/// A rule that an input broke.
struct Breach: Error, Equatable {
  let rule: String

  /// Throws a breach of `rule` unless the condition holds.
  static func unless(_ condition: Bool, _ rule: @autoclosure () -> String) throws(Breach) {
    if !condition { throw Breach(rule: rule()) }
  }

  /// Text that goes into a message: bounded, and nothing in it that moves a cursor, hides text or
  /// turns its direction.
  static func unlessShown(_ text: String?, as what: String) throws(Breach) {
    guard let text else { return }
    try unless(text.utf8.count <= 16 * 1024, "\(what) is endless")
    for scalar in text.unicodeScalars where !(0x20...0x7E).contains(scalar.value) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        throw Breach(rule: "\(what) has U+\(String(scalar.value, radix: 16)) in it")
      default: break
      }
    }
  }

  /// An error that people will read.
  static func unlessShown(_ error: OAuthError?) throws(Breach) {
    guard let error else { return }
    try unlessShown(error.what, as: "the event of \(error.code)")
    try unlessShown(error.remedy, as: "the remedy of \(error.code)")
    try unless(!error.what.isEmpty && !error.remedy.isEmpty, "\(error.code) says nothing")
  }
}
