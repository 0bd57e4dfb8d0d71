// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("pasted answers")
struct PastedRedirectTests {
  static let state = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
  static let iss = "https%3A%2F%2Fissuer.test%2Frealms%2Fone"
  static let right = "code=c1&state=\(state)"
  static let at = "http://127.0.0.1:8000/"

  /// What a paste gives: "code X", "refused X", "fault CODE", or a part of the message that asks to
  /// paste again.
  static func read(
    _ text: String,
    redirectURI: String = at,
    issRequired: Bool = false
  ) throws -> String {
    let request = try AuthorizationRequestTests.request { $0.redirectURI = redirectURI }
    let pasted = PastedRedirect(
      request: request,
      issuer: try Issuer(Forge.issuer),
      issRequired: issRequired
    )
    do throws(OAuthError) {
      switch try pasted.outcome(of: text) {
      case .code(let code): return "code \(code.expose())"
      case .refused(let error, let description): return "refused \(error) \(description ?? "-")"
      case .fault(let error): return "fault \(error.code)"
      }
    } catch {
      #expect(error.code == .redirectInvalid)
      return error.what
    }
  }

  static let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"

  static let takenTexts: [(String, String)] = [
    ("c1", "code c1"), ("  c1\r\n", "code c1"), ("\"c1\"", "code c1"), ("'c1'", "code c1"),
    ("4/0AeaYSHD_x-y", "code 4/0AeaYSHD_x-y"), ("YWJj==", "code YWJj=="),
    ("0.AXoA.b.c", "code 0.AXoA.b.c"), ("a1.b2.c3", "code a1.b2.c3"),
    ("eyJh.b.c.d.e", "code eyJh.b.c.d.e"),
    ("\(at)?\(right)", "code c1"), ("\n\t\(at)?\(right) ", "code c1"),
    ("http://127.0.0.1:8000?\(right)", "code c1"),
    ("127.0.0.1:8000/?\(right)", "code c1"), ("?\(right)", "code c1"), (right, "code c1"),
    ("\(at)?\(right)#", "code c1"), ("\(at)?\(right)#_=_", "code c1"),
    ("\(at)?\(right)&iss=\(iss)&session_state=x", "code c1"),
    ("state=\(state)&code=a%2Bb", "code a+b"),
    ("\(at)?state=\(state)&code=\(jwt)", "code \(jwt)"),
    ("\(at)?error=access_denied&state=\(state)", "refused access_denied -"),
    (
      "\(at)?error=x%1b&error_description=a%0ab&state=\(state)",
      "refused x ab"
    ),
    ("\(at)?\(right)&code=c2", "fault redirectInvalid"),
    ("\(at)?\(right)&state=x", "fault redirectInvalid"),
    ("\(at)?state=\(state)", "fault redirectInvalid"),
    ("\(at)?\(right)&iss=https%3A%2F%2Fevil.test", "fault issuerMixUp"),
  ]

  @Test("what is taken", arguments: takenTexts)
  func taken(text: String, expected: String) throws {
    #expect(try Self.read(text) == expected)
  }

  @Test("iss must be there if it is promised; a code alone cannot have it")
  func issRequired() throws {
    #expect(try Self.read(Self.at + "?" + Self.right, issRequired: true) == "fault issuerMixUp")
    let withIss = Self.at + "?" + Self.right + "&iss=\(Self.iss)"
    #expect(try Self.read(withIss, issRequired: true) == "code c1")
    #expect(try Self.read("c1", issRequired: true) == "code c1")
  }

  @Test(
    "other redirect URIs",
    arguments: [
      ("http://localhost:8000/callback", "http://localhost:8000/callback?\(right)", "code c1"),
      ("http://localhost:8000/callback", "localhost:8000/callback?\(right)", "code c1"),
      ("http://localhost:8000", "http://localhost:8000/?\(right)", "code c1"),
      ("http://localhost:8000", "localhost:8000?\(right)", "code c1"),
      ("urn:ietf:wg:oauth:2.0:oob", "c1", "code c1"),
      ("https://console.test/code", "https://console.test/code?\(right)", "code c1"),
    ] as [(String, String, String)]
  )
  func redirectURIs(redirectURI: String, text: String, expected: String) throws {
    #expect(try Self.read(text, redirectURI: redirectURI) == expected)
  }

  static let wrong: [(String, String)] = [
    ("", "nothing was pasted"), (" \n\t ", "nothing was pasted"), ("''", "nothing was pasted"),
    ("c1 c2", "spaces or characters"), ("c1\nc2", "spaces or characters"),
    ("c1\u{1B}[31m", "spaces or characters"), ("cé", "spaces or characters"),
    ("c\0", "spaces or characters"),
    (String(repeating: "x", count: 16_385), "more than 16384 bytes"),
    (jwt, "it is a token"), (at, "no answer in it"), ("http://127.0.0.1:8000", "no answer in it"),
    ("https://issuer.test/login", "no answer in it"),
    ("https://issuer.test/login?x=y", "not the address that the login ends at"),
    ("http://127.0.0.1:8001/?\(right)", "not the address that the login ends at"),
    ("http://127.0.0.1:8000/x?\(right)", "not the address that the login ends at"),
    ("http://127.0.0.1:8000.evil.test/?\(right)", "not the address that the login ends at"),
    ("https://127.0.0.1:8000/?\(right)", "not the address that the login ends at"),
    ("HTTP://evil.test/?\(right)", "not the address that the login ends at"),
    ("https://issuer.test/authorize?response_type=code&state=\(state)", "login begins at"),
    ("https://issuer.test/authorize?client_id=a&request_uri=urn:x", "login begins at"),
    ("response_type=code&state=\(state)&client_id=kube", "login begins at"),
    ("\(at)?code=c1&state=AQEB", "belongs to another login"),
    ("\(at)?code=c1&state=\(state.lowercased())", "belongs to another login"),
    ("\(at)?code=c1", "it has no state"), ("code=c1", "it has no state"),
    ("\(at)?", "it has no state"), ("\(at)?code=%zz&state=\(state)", "broken percent escape"),
    ("\(at)?\(right)&id_token=\(jwt)", "it has a token in it"),
    ("#access_token=secret1&state=\(state)", "it has a token in it"),
    ("/callback?x", "part of an address"), ("app://x", "part of an address"),
  ]

  @Test("what is refused, with the reason and without the text", arguments: wrong)
  func refused(text: String, reason: String) throws {
    let message = try Self.read(text)
    #expect(message.contains(reason))
    for secret in [Self.jwt, "secret1", "c1", Self.state] {
      #expect(!message.contains(secret))
    }
  }

  @Test("the URL that was shown, pasted back")
  func own() throws {
    let request = try AuthorizationRequestTests.request()
    #expect(try Self.read(request.url).contains("login begins at"))
  }
}
