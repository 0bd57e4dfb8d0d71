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
    /// The issuer's answer with a code arrived.
    case received
    /// The issuer refused.
    case refused
    /// The answer breaks a rule.
    case fault
    /// A request that is not this login's answer.
    case ignored
  }

  private let rows: [(String, String)]

  /// `context` is the kubeconfig context, if there is one.
  ///
  /// Texts are escaped here.
  package init(issuerHost: String, clientID: String, context: String? = nil) {
    var rows = [("Issuer", issuerHost), ("Client", clientID)]
    if let context { rows.append(("Context", context)) }
    self.rows = rows
  }

  /// Header fields for every page: nothing may run, be loaded, framed, kept or passed on.
  package var headers: [(String, String)] {
    let hash = Data(SHA256.hash(data: Array(Self.style.utf8))).base64EncodedString()
    let policy = [
      "default-src 'none'", "style-src 'sha256-\(hash)'", "base-uri 'none'", "form-action 'none'",
      "frame-ancestors 'none'",
    ]
    return [
      ("Content-Type", "text/html; charset=utf-8"),
      ("Content-Security-Policy", policy.joined(separator: "; ")),
      ("X-Content-Type-Options", "nosniff"),
      ("Cache-Control", "no-store"),
      ("Referrer-Policy", "no-referrer"),
    ]
  }

  /// The whole page as UTF-8.
  package func html(_ kind: Kind) -> [UInt8] {
    let (mark, title, sentences) = Self.words(kind)
    let table = rows.map { name, value in
      "<dt>\(name)</dt><dd>\(Self.escape(value))</dd>"
    }
    let page = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title) · lanyard</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <main>
      <p class="mark \(mark)" aria-hidden="true"></p>
      <h1>\(title)</h1>
      \(sentences.map { "<p>\($0)</p>" }.joined(separator: "\n"))
      \(kind == .ignored ? "" : "<dl>\(table.joined())</dl>")
      </main>
      </body>
      </html>

      """
    return Array(page.utf8)
  }

  private static func words(_ kind: Kind) -> (mark: String, title: String, sentences: [String]) {
    switch kind {
    case .received:
      (
        "good", "Login answer received",
        [
          "The issuer has let you in, and lanyard is fetching your token now.",
          "You can close this window and go back to your terminal.",
        ]
      )
    case .refused:
      (
        "bad", "The issuer refused the login",
        [
          "No token was issued. The terminal shows the reason that the issuer gave.",
          "You can close this window. To try again, start the login once more in your terminal.",
        ]
      )
    case .fault:
      (
        "bad", "The login answer was refused",
        [
          "The issuer's answer broke a rule of the login protocol, so lanyard did not use it.",
          "You can close this window. The terminal shows which rule it was and what to do.",
        ]
      )
    case .ignored:
      (
        "bad", "Not a login answer",
        [
          "This is not the answer that lanyard waits for, and nothing was changed.",
          "If you were logging in, go on in the window where you began.",
        ]
      )
    }
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

  private static let style = """
    :root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1c2530;--soft:#5a6675;\
    --good:#1a7f4b;--bad:#b3372f}
    @media (prefers-color-scheme:dark){:root{--back:#11161d;--card:#1a212b;--text:#e7ecf2;\
    --soft:#9aa7b6;--good:#4cc38a;--bad:#ff8b80}}
    *{box-sizing:border-box}
    body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;\
    background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
    main{max-width:30rem;width:100%;padding:2rem;border-radius:.75rem;background:var(--card);\
    box-shadow:0 1px 4px rgb(0 0 0/.18)}
    h1{margin:0 0 1rem;font-size:1.4rem;line-height:1.25}
    p{margin:0 0 .75rem}
    .mark{width:3rem;height:.3rem;border-radius:.2rem;background:var(--bad)}
    .mark.good{background:var(--good)}
    dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:1.5rem 0 0;font-size:.9rem}
    dt{color:var(--soft)}
    dd{margin:0;overflow-wrap:anywhere}
    """
}
