// SPDX-License-Identifier: Apache-2.0

import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The pages that the browser shows at the end of a login: static, without scripts, with nothing
/// from the request in them.
package struct RedirectPages: Sendable {
  /// Which page.
  package enum Kind: Sendable, CaseIterable {
    /// The login is done: the tokens are there and have passed their verdict.
    case loggedIn
    /// The issuer's answer with a code arrived; whether it leads to a token is not known yet.
    case received
    /// The issuer refused.
    case refused
    /// The answer breaks a rule.
    case fault
    /// The answer is one to another login: its state is not this one's.
    case otherLogin
    /// The issuer waits no longer for the person.
    case expired
    /// The answer was right, and what came after it failed.
    case failed
    /// A request that is not a login's answer.
    case ignored

    /// The page for an issuer's refusal (RFC 6749 section 4.1.2.1).
    ///
    /// Keycloak says `temporarily_unavailable` and `authentication_expired` when a login page was left
    /// open for too long (its `OIDCLoginProtocol.translateError`, case `ALREADY_LOGGED_IN`).
    package static func refusal(_ error: String, _ description: String?) -> Kind {
      error == "temporarily_unavailable" && description == "authentication_expired"
        ? .expired : .refused
    }
  }

  private let rows: [(String, String)]

  /// `context` is the kubeconfig context, if there is one.
  ///
  /// Texts are escaped here.
  package init(issuerHost: String, clientID: String, context: String? = nil) {
    var rows = [("Issuer", issuerHost)]
    if let context { rows.append(("Context", context)) }
    rows.append(("Client", clientID))
    self.rows = rows
  }

  /// Header fields for every page: nothing may run, be loaded, framed, kept or passed on.
  package var headers: [(String, String)] {
    let hash = Data(SHA256.hash(data: Array(Self.style.utf8))).base64EncodedString()
    let policy = [
      "default-src 'none'", "style-src 'sha256-\(hash)'", "base-uri 'none'", "form-action 'none'",
      "frame-ancestors 'none'", "sandbox",
    ]
    return [
      ("Content-Type", "text/html; charset=utf-8"),
      ("Content-Security-Policy", policy.joined(separator: "; ")),
      ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
      ("X-Content-Type-Options", "nosniff"),
      ("Cache-Control", "no-store"),
      ("Referrer-Policy", "no-referrer"),
    ]
  }

  /// Writes a page.
  ///
  /// - Parameters:
  ///   - kind: Which page.
  ///   - person: Who has logged in, as the ID token names them; for ``Kind/loggedIn`` only.
  ///   - reason: What failed, in our own words or the issuer's, for ``Kind/failed`` only; never
  ///     anything of the browser's request.
  /// - Returns: The whole page as UTF-8.
  package func html(_ kind: Kind, person: String? = nil, reason: String? = nil) -> [UInt8] {
    let words = Self.words(kind)
    // Who does not know the state is a stranger, and learns nothing about the login.
    var rows = kind == .ignored || kind == .otherLogin ? [] : self.rows
    if kind == .loggedIn, let person { rows.insert(("Person", person), at: 0) }
    var paragraphs = words.sentences.map { "<p>\($0)</p>" }
    if kind == .failed, let reason {
      paragraphs.insert("<p class=\"reason\">\(Self.escape(reason))</p>", at: 1)
    }
    let table = rows.map { "<div><dt>\($0)</dt><dd>\(Self.escape($1))</dd></div>" }
    return Array(
      Self.page(
        words,
        body: paragraphs.joined(separator: "\n"),
        table: table.isEmpty ? "" : "<dl>\(table.joined())</dl>"
      ).utf8
    )
  }

  static func escape(_ text: String) -> String {
    var result = ""
    for character in Text.line(text).unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
