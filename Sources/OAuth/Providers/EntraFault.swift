// SPDX-License-Identifier: Apache-2.0

/// A failure that Entra ID numbers (`AADSTS50076`), with what it means to the person in front of it.
///
/// Source: Microsoft identity platform, "Authentication and authorization error codes"; the numbers of workload
/// identity are those of "Troubleshoot workload identity federation". Microsoft calls the texts subject to change, so
/// a number that is not here is told in Entra's own words.
package struct EntraFault: Sendable, Equatable {
  /// What helps.
  package enum Cure: String, Sendable, Equatable, CaseIterable {
    /// A person logs in again, and meets the policy in the browser.
    case logIn
    /// A person logs in with a browser instead of a device code or password.
    case browser
    /// An administrator of the tenant changes something there.
    case administrator
    /// The client's secret or certificate is replaced.
    case clientSecret
    /// The options or variables name something that does not exist.
    case settings
    /// The federated credential of the application is corrected.
    case federation
    /// The same request succeeds later.
    case later
  }

  /// The number behind `AADSTS`.
  package let number: Int
  /// What it means: one line, lower case, no final period.
  package let meaning: String
  /// What helps.
  package let cure: Cure
  /// What to do in particular, where the cure's own words say too little.
  package let advice: String?

  init(_ number: Int, _ meaning: String, _ cure: Cure, _ advice: String? = nil) {
    self.number = number
    self.meaning = meaning
    self.cure = cure
    self.advice = advice
  }

  /// What to do about it, one line; `logIn` is the command by which this person logs in.
  package func remedy(logIn: String) -> String {
    if let advice { return advice }
    switch cure {
    case .logIn: return "log in: \(logIn)"
    case .browser:
      return "log in with a browser, on a device that your organization knows: \(logIn)"
    case .administrator:
      return "ask an administrator of the tenant, and give the code AADSTS\(number)"
    case .clientSecret: return "give the application a new secret or certificate, and name that"
    case .settings: return "check --tenant-id, --client-id, --server-id and --environment"
    case .federation:
      return "compare issuer, subject and audience of the application's federated credential"
    case .later: return "try again in a moment"
    }
  }

  /// What it means, with its number.
  package var words: String { "\(meaning) (AADSTS\(number))" }

  /// The number that a text of Entra ID names, known here or not; nil if it names none.
  package static func number(in text: String) -> Int? {
    guard let mark = text.firstRange(of: "AADSTS") else { return nil }
    let digits = text[mark.upperBound...].prefix { $0.isASCII && $0.isNumber }
    return digits.utf8.count <= 12 ? Int(digits) : nil
  }

  /// The failure that a text of Entra ID is about; nil if it names none, or one that is not known here.
  package static func named(in text: String) -> EntraFault? { number(in: text).flatMap(numbered) }

  /// The failure of a number; nil if it is not known here.
  package static func numbered(_ number: Int) -> EntraFault? { all.first { $0.number == number } }
}
