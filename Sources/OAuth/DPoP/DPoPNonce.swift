// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// The nonce that one server wants in proofs (RFC 9449 sections 8 and 9), while one request to it is
/// made.
///
/// Servers do not share nonces: the token endpoint's and the userinfo endpoint's are two values,
/// unless both have the same origin.
package struct DPoPNonce: Sendable, Equatable {
  /// What the next proof carries; nil until the server gives one.
  package private(set) var value: String?
  private var wasChallenged = false

  /// Begins a request with the nonce of the last answer, if there is one.
  ///
  /// A remembered text that is no nonce is forgotten.
  package init(remembered: String? = nil) {
    value = remembered.flatMap(Self.valid)
  }

  /// Takes an answer to the request: true asks for it once more, with a new proof and ``value``.
  ///
  /// It is true once at most, so that a server that always wants another nonce is not asked
  /// forever. A nonce that comes with any other answer is remembered for the next request (section
  /// 8.2).
  package mutating func wantsAnother(after answer: HTTPAnswer) -> Bool {
    guard let given = Self.nonce(in: answer.headers) else { return false }
    value = given
    guard !wasChallenged, Self.isChallenge(answer) else { return false }
    wasChallenged = true
    return true
  }

  /// True for an answer that only asks for a nonce: 400 from an authorization server, 401 with the
  /// scheme DPoP, in any case, from a resource server.
  static func isChallenge(_ answer: HTTPAnswer) -> Bool {
    switch answer.status {
    case 400:
      guard answer.body.count <= Limits.tokenAnswer else { return false }
      let json = try? StrictJSON(parsing: answer.body)
      return json?["error"]?.string == code
    case 401:
      return answer.headers[values: .wwwAuthenticate].contains { field in
        challenges(in: field).contains { $0.scheme == "dpop" && $0.error == code }
      }
    default:
      return false
    }
  }

  private static let code = "use_dpop_nonce"

  /// Scheme, in lower case, and `error` of each challenge of a field (RFC 9110 section 11.6.1).
  private static func challenges(in field: String) -> [(scheme: String, error: String?)] {
    var result: [(scheme: String, error: String?)] = []
    for piece in pieces(of: field) {
      var parameter = piece
      // A piece with a space before its first equals sign begins with a scheme.
      let head = piece.prefix { $0 != "=" && $0 != " " && $0 != "\t" }
      let rest = piece.dropFirst(head.count).drop { $0 == " " || $0 == "\t" }
      if rest.first != "=" {
        result.append((head.lowercased(), nil))
        parameter = rest
      }
      let halves = parameter.split(separator: "=", maxSplits: 1)
      guard halves.count == 2, let last = result.indices.last,
        trimmed(halves[0]).lowercased() == "error"
      else { continue }
      var value = trimmed(halves[1])
      if value.count >= 2, value.first == "\"", value.last == "\"" {
        value = value.dropFirst().dropLast()
      }
      if result[last].error == nil { result[last].error = String(value) }
    }
    return result
  }

  /// The field cut at its commas, except those between quotation marks.
  private static func pieces(of field: String) -> [Substring] {
    var isQuoted = false
    var isEscaped = false
    return field.prefix(8192).split { character in
      defer { isEscaped = isQuoted && character == "\\" && !isEscaped }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      return character == "," && !isQuoted
    }.map(trimmed).filter { !$0.isEmpty }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }

  private static func nonce(in headers: HTTPFields) -> String? {
    guard let field = HTTPField.Name("DPoP-Nonce") else { return nil }
    // Two values are no value: it could not be told which of them counts.
    let values = headers[values: field]
    return values.count == 1 ? valid(values[0]) : nil
  }

  /// NQCHAR of RFC 6749 appendix A, at most 1024 of them (RFC 9449 section 8.1).
  private static func valid(_ text: String) -> String? {
    let isNonce = text.utf8.allSatisfy {
      $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0)
    }
    return isNonce && (1...Limits.dpopNonce).contains(text.utf8.count) ? text : nil
  }
}
