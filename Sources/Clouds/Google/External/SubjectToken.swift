// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds what an external account presents to the Security Token Service.
struct SubjectToken: Sendable {
  /// Bytes of a subject token with what stands around it: SAML answers have some 20 KB.
  static let limit = 256 * 1024

  /// A subject token, and with whom the connection is made that it is sent over.
  struct Found: Sendable {
    var token: Secret
    var trust = TransportTrust(authorities: [])
  }

  let effects: CloudEffects
  let origin: Origin

  /// The token of an account, looked for anew each time because others rotate it.
  ///
  /// Throws `.configuration` for a source that gives none, `.temporary` if an address does not answer, `.refused` if a
  /// program says no.
  func find(_ account: ExternalAccount) async throws(CloudError) -> Found {
    switch account.source {
    case .file(let path, let format):
      guard let bytes = try effects.readFile(path, Self.limit) else {
        throw origin.wrong("its subject token file \(Text.line(path)) cannot be read")
      }
      return Found(token: try token(in: bytes, format, of: path, account))
    case .url(let url, let headers, let format):
      let source = SubjectURL(url: url, headers: headers, format: format)
      return Found(token: try await fetched(source, account))
    case .executable(let source):
      return Found(
        token: try await ProgramSource(effects: effects, origin: origin).token(source, account)
      )
    case .aws(let source):
      return Found(
        token: try await AWSSubject(effects: effects, origin: origin).token(source, account)
      )
    case .certificate(let source):
      return try CertificateSubject(effects: effects, origin: origin).found(source)
    }
  }

  /// The token in what a file or an address gave; `place` is for the message.
  private func token(
    in bytes: [UInt8],
    _ format: SubjectSource.TokenFormat,
    of place: String,
    _ account: ExternalAccount
  ) throws(CloudError) -> Secret {
    let text: String?
    switch format {
    case .text: text = String(validating: bytes, as: UTF8.self)
    case .json(let field): text = (try? StrictJSON(parsing: bytes))?[field]?.string
    }
    let trimmed = text.map(Self.trim) ?? ""
    guard !trimmed.isEmpty else {
      throw origin.wrong("there is no subject token in \(Text.line(place))")
    }
    if let flaw = SubjectShape.flaw(of: trimmed, type: account.subjectTokenType) {
      throw origin.wrong("what lies in \(Text.line(place)) is not sent: it is \(flaw)")
    }
    return Secret(trimmed)
  }

  /// Without the white space around it: a line feed at the end is the file's, not the token's.
  static func trim(_ text: String) -> String {
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    var rest = text.drop(while: isSpace)
    while rest.last.map(isSpace) == true { rest.removeLast() }
    return String(rest)
  }

  private func fetched(_ source: SubjectURL, _ account: ExternalAccount)
    async throws(CloudError) -> Secret
  {
    let (call, host, isMetadata) = try source.call(effects, origin)
    let answer: HTTPAnswer
    do throws(TransportFailure) {
      answer =
        isMetadata
        ? try await effects.sendDirect(MetadataAddress.patience, call)
        : try await effects.send(TransportTrust(authorities: []), call)
    } catch {
      throw CloudError(error, fetching: "the subject token", from: host)
    }
    guard answer.status == 200, answer.body.count <= Self.limit else {
      throw CloudError(
        answer.status >= 500 || answer.status == 429 ? .temporary : .refused,
        "\(host) gives no subject token: it answers \(answer.status)",
        remedy: "check the credential_source of \(origin.place)"
      )
    }
    return try token(in: answer.body, source.format, of: "the answer of \(host)", account)
  }
}
