// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The secrets that a request carried, to be taken out of an answer that refuses it.
///
/// What a refusal says is shown, and kept in the part of a session that is not encrypted; and some issuers repeat in it
/// what they were sent (cloudfoundry/uaa: "Invalid refresh token (expired): eyJ…"). An issuer that sets out to hide a
/// token in its words, by another encoding, is not recognised.
package struct SentSecrets: Sendable {
  private let secrets: [[UInt8]]

  /// Finds them: form fields, members of a JSON body and headers whose names say that they are secret.
  package init(in call: HTTPCall) {
    let found = Self.fields(of: call) + Self.credentials(in: call.headers)
    // A shorter one would stand in ordinary words by chance, and hiding it there would give it away.
    secrets = found.map { Array($0.utf8) }.filter { $0.count >= Limits.recognisedSecret.least }
  }

  /// The answer, with every secret of the request in its body replaced by the words that stand for a secret.
  ///
  /// An answer that grants something stays as it is: it may give the refresh token that was sent.
  package func removed(from answer: HTTPAnswer) -> HTTPAnswer {
    guard !secrets.isEmpty, !answer.body.isEmpty, Self.refuses(answer) else { return answer }
    var answer = answer
    answer.body = removed(from: answer.body)
    return answer
  }

  /// GitHub and others refuse with a status of success; what has a token in it is no refusal, whatever else it says.
  private static func refuses(_ answer: HTTPAnswer) -> Bool {
    guard (200..<300).contains(answer.status) else { return true }
    guard let json = try? StrictJSON(parsing: answer.body) else { return false }
    return json["error"]?.string != nil
      && ["access_token", "id_token", "refresh_token"].allSatisfy { json[$0] == nil }
  }

  // MARK: where they are

  /// Names without underscores, in lower case: RFC 6749, 7009, 7521, 8628 and 8693, AWS STS and IAM Identity Center.
  private static let secretFields: Set<String> = [
    "refreshtoken", "accesstoken", "token", "code", "codeverifier", "devicecode", "clientsecret",
    "clientassertion", "assertion", "subjecttoken", "actortoken", "password", "webidentitytoken",
  ]

  /// What authenticates a request at AWS, Azure and Google, besides `Authorization`.
  private static let secretHeaders: Set<String> = [
    "authorization", "x-amz-sso_bearer_token", "x-amz-security-token", "x-aws-ec2-metadata-token",
    "x-identity-header", "secret",
  ]

  private static func fields(of call: HTTPCall) -> [String] {
    var pairs = FormEncoding.decode(call.body)?.map { ($0.name, $0.value) } ?? []
    if let members = (try? StrictJSON(parsing: call.body))?.members {
      pairs = members.compactMap { member in member.value.string.map { (member.key, $0) } }
    }
    return pairs.compactMap { name, value in
      secretFields.contains(name.lowercased().filter { $0 != "_" }) ? value : nil
    }
  }

  private static func credentials(in headers: HTTPFields) -> [String] {
    headers.flatMap { field -> [String] in
      guard secretHeaders.contains(field.name.canonicalName) else { return [] }
      let words = field.value.split(separator: " ")
      guard let credential = words.last.map(String.init) else { return [] }
      guard words.first?.lowercased() == "basic", let data = Data(base64Encoded: credential),
        let colon = data.firstIndex(of: UInt8(ascii: ":"))
      else { return [credential] }
      let encoded = data[data.index(after: colon)...]
      let secret = String(decoding: encoded, as: UTF8.self)
      // RFC 6749 section 2.3.1 has both halves form-encoded; not every issuer sees it so.
      let decoded = FormEncoding.decode(encoded)?.first?.name
      return [credential, secret] + [decoded].compactMap(\.self)
    }
  }
}

// MARK: taking them out

extension SentSecrets {
  private func removed(from body: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < body.count {
      if let length = secrets.compactMap({ Self.length(of: $0, in: body, at: index) }).max() {
        result += Secret("").description.utf8
        index += length
      } else {
        result.append(body[index])
        index += 1
      }
    }
    return result
  }

  /// How many bytes of the body, from a place on, spell the secret or a good part of its beginning; nil if they do not.
  private static func length(of secret: [UInt8], in body: [UInt8], at start: Int) -> Int? {
    var index = start
    var matched = 0
    while matched < secret.count, let step = spelling(of: secret[matched], in: body, at: index) {
      index += step
      matched += 1
    }
    let enough = min(secret.count, Limits.recognisedSecret.cut)
    return matched >= enough ? index - start : nil
  }

  /// How many bytes spell one byte: itself, or as JSON (RFC 8259 section 7) or a URL (RFC 3986 section 2.1) escapes it.
  private static func spelling(of byte: UInt8, in body: [UInt8], at index: Int) -> Int? {
    guard index < body.count else { return nil }
    let rest = body[index...]
    if rest.starts(with: [UInt8(ascii: "\\"), byte]) { return 2 }
    if body[index] == byte { return 1 }
    for (prefix, length) in [("\\u00", 6), ("%", 3)] {
      guard rest.count >= length, rest.starts(with: prefix.utf8) else { continue }
      let high = FormEncoding.hexValue(rest[index + length - 2])
      let low = FormEncoding.hexValue(rest[index + length - 1])
      if let high, let low, high << 4 | low == byte { return length }
    }
    return nil
  }
}
