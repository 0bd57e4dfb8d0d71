// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A GET of one public JSON document, with every way it can fail told apart.
///
/// Redirects are not followed, and the size is bounded.
struct DocumentFetch {
  let url: String
  let host: String
  /// What is fetched, for messages.
  let subject: String
  /// Most bytes accepted.
  let limit: Int
  /// The code for 404 and 410.
  let missing: OAuthError.Code
  /// The code for an HTML page.
  let html: OAuthError.Code

  /// Asks for the document; with `known`, only whether that one changed.
  ///
  /// `known` is left aside unless it came from the same URL and can be revalidated.
  func run(
    known: CachedDocument? = nil,
    now: Date,
    _ send: HTTPSend
  ) async throws(OAuthError) -> CachedDocument {
    var call = HTTPCall(method: .get, url: url, headers: [.accept: "application/json"])
    let old = known.flatMap {
      Text.sameBytes($0.url, url) && $0.validators.canRevalidate ? $0 : nil
    }
    if let old { call.headers.append(contentsOf: old.validators.conditions) }
    let answer: HTTPAnswer
    do {
      answer = try await send(call)
    } catch {
      // The sender's own limit is larger; what counts is that of the document.
      if case .tooLarge = error {
        throw OAuthError(.tooLarge(limit: limit), fetching: subject, from: host)
      }
      throw OAuthError(error, fetching: subject, from: host)
    }
    if answer.status == 304, let old {
      return CachedDocument(
        url: url,
        received: now,
        validators: old.validators.updated(by: answer.headers),
        bytes: old.bytes
      )
    }
    return CachedDocument(
      url: url,
      received: now,
      validators: DocumentValidators(answer.headers),
      bytes: try document(in: answer, now: now)
    )
  }

  func document(in answer: HTTPAnswer, now: Date) throws(OAuthError) -> [UInt8] {
    guard answer.status == 200 else {
      throw entraFault(in: answer) ?? refusal(of: answer, now: now)
    }
    guard answer.body.count <= limit else {
      throw OAuthError(.tooLarge(limit: limit), fetching: subject, from: host)
    }
    guard !Self.isHTML(answer) else {
      throw OAuthError(
        html,
        what: "\(url) answers with a web page where \(subject) should be",
        remedy: "check the issuer URL: it is often a path further down, as /realms/NAME"
      )
    }
    return answer.body
  }

  /// What Entra ID says by a number, as of a tenant that it does not know; nil for any other answer.
  private func entraFault(in answer: HTTPAnswer) -> OAuthError? {
    guard (400..<500).contains(answer.status), answer.body.count <= limit,
      let json = try? StrictJSON(parsing: answer.body),
      let fault = json["error_description"]?.string.flatMap({ EntraFault.named(in: $0) })
    else { return nil }
    return OAuthError(
      fault.cure == .later ? .unavailable : fault.cure == .settings ? missing : .refused,
      what: "\(host) does not give \(subject): \(fault.words)",
      remedy: fault.remedy(logIn: "lanyard login")
    )
  }

  private func refusal(of answer: HTTPAnswer, now: Date) -> OAuthError {
    let got = "\(url) answers \(answer.status)"
    return switch answer.status {
    case 404, 410:
      OAuthError(
        missing,
        what: "\(host) does not have \(subject): \(got)",
        remedy: "check the issuer URL, its path and its last slash"
      )
    case 304:
      OAuthError(
        .garbled,
        what: "\(got), unchanged, although nothing was said to be known",
        remedy: "check whether a proxy or cache answers in the issuer's place"
      )
    case 300..<400:
      OAuthError(
        .redirected,
        what: "\(got), a redirect, and redirects are not followed",
        remedy: "give the issuer URL that it redirects to, if its discovery document names it"
      )
    case 408, 429, 500..<600:
      OAuthError(
        .unavailable,
        what: "\(host) cannot give \(subject) now: \(got)",
        remedy: "try again in a moment",
        retryAfter: RetryAfter.seconds(in: answer.headers, now: now)
      )
    default:
      OAuthError(
        .refused,
        what: "\(host) refuses to give \(subject): \(got)",
        remedy: "check the issuer URL, and whether a proxy wants a login"
      )
    }
  }

  private static func isHTML(_ answer: HTTPAnswer) -> Bool {
    if answer.headers[.contentType]?.lowercased().hasPrefix("text/html") == true { return true }
    let first = answer.body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return first == UInt8(ascii: "<")
  }
}
