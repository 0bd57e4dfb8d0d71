// SPDX-License-Identifier: Apache-2.0

import Clouds
import HTTPTypes
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
      return Found(token: try Self.token(in: bytes, format, of: path, origin))
    case .url(let url, let headers, let format):
      return Found(token: try await fetched(url, headers, format))
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
  static func token(
    in bytes: [UInt8],
    _ format: SubjectSource.TokenFormat,
    of place: String,
    _ origin: Origin
  ) throws(CloudError) -> Secret {
    let text: String?
    switch format {
    case .text: text = String(validating: bytes, as: UTF8.self)
    case .json(let field): text = (try? StrictJSON(parsing: bytes))?[field]?.string
    }
    let trimmed = text.map(trim) ?? ""
    guard !trimmed.isEmpty else {
      throw origin.wrong("there is no subject token in \(Text.line(place))")
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

  private func fetched(
    _ url: String,
    _ headers: [SubjectSource.Header],
    _ format: SubjectSource.TokenFormat
  ) async throws(CloudError) -> Secret {
    let address: WebAddress
    do {
      address = try WebAddress(url)
    } catch {
      throw origin.wrong("the url of its credential_source cannot be used: \(error.reason)")
    }
    let isMetadata = MetadataAddress.isLinkLocal(address.host)
    guard address.isHTTPS || address.isLoopback || isMetadata else {
      throw origin.wrong("the url of its credential_source is http")
    }
    let call = HTTPCall(method: .get, url: address.text, headers: try Self.fields(headers, origin))
    let answer: HTTPAnswer
    do throws(TransportFailure) {
      answer =
        isMetadata
        ? try await effects.sendDirect(MetadataAddress.patience, call)
        : try await effects.send(TransportTrust(authorities: []), call)
    } catch {
      throw CloudError(error, fetching: "the subject token", from: address.host)
    }
    guard answer.status == 200, answer.body.count <= Self.limit else {
      throw CloudError(
        answer.status >= 500 || answer.status == 429 ? .temporary : .refused,
        "\(address.host) gives no subject token: it answers \(answer.status)",
        remedy: "check the credential_source of \(origin.place)"
      )
    }
    return try Self.token(in: answer.body, format, of: "the answer of \(address.host)", origin)
  }

  private static func fields(_ headers: [SubjectSource.Header], _ origin: Origin)
    throws(CloudError) -> HTTPFields
  {
    var fields = HTTPFields()
    for header in headers {
      guard let name = HTTPField.Name(header.name), !Text.hasControls(header.value.expose()) else {
        throw origin.wrong("the headers of its credential_source cannot be sent")
      }
      fields[name] = header.value.expose()
    }
    return fields
  }
}
