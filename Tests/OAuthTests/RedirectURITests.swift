// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("redirect URI")
struct RedirectURITests {
  @Test(
    "what is accepted, and what comes of it",
    arguments: [
      ("http://127.0.0.1:8000/", "127.0.0.1:8000", "/"),
      ("http://localhost:8000/callback", "localhost:8000", "/callback"),
      ("http://localhost:8000/a/b-c._~/", "localhost:8000", "/a/b-c._~/"),
      ("http://[::1]:1/", "[::1]:1", "/"), ("http://localhost:65535", "localhost:65535", "/"),
      ("http://localhost", "localhost:0", "/"), ("http://127.0.0.1/cb", "127.0.0.1:0", "/cb"),
    ]
  )
  func accepted(text: String, address: String, path: String) throws {
    let uri = try RedirectURI(text)
    #expect(uri.text == text, "not a byte of it changes")
    #expect(uri.listenAddress == address)
    #expect(uri.path == path)
  }

  @Test(
    "what is refused",
    arguments: [
      "", "localhost:8000", "https://localhost:8000/", "http://evil.test:8000/",
      "http://127.0.0.2:8000/", "http://0.0.0.0:8000/", "http://LOCALHOST:8000/",
      "http://localhost.:8000/", "http://127.0.0.1.evil.test/", "http://127.evil.test/",
      "http://2130706433/", "http://[::ffff:127.0.0.1]/", "http://[0:0:0:0:0:0:0:1]/",
      "http://a@localhost:8000/", "http://localhost:8000@evil.test/", "http://localhost:0/",
      "http://localhost:65536/", "http://localhost:08000/", "http://localhost:/",
      "http://localhost:8000/?x=y", "http://localhost:8000/#x", "http://localhost:8000/a b",
      "http://localhost:8000/%2e%2e/x", "http://localhost:8000/../x", "http://localhost:8000//x",
      "http://localhost:8000/a%41", "http://localhost:8000/é", "http://localhost:8000\\x",
      "http://localhost:8000/\n", "urn:ietf:wg:oauth:2.0:oob", "HTTP://localhost:8000/",
    ]
  )
  func refused(text: String) {
    let failure = code { () throws(OAuthError) in
      _ = try RedirectURI(text)
    }
    #expect(failure == .requestInvalid)
  }

  @Test("a listener's port is filled in, and the spelling stays")
  func listening() throws {
    #expect(try RedirectURI("http://localhost/cb").listening(on: 7).text == "http://localhost:7/cb")
    #expect(try RedirectURI("http://[::1]").listening(on: 7).text == "http://[::1]:7")
  }

  @Test("Host fields: every spelling with the port, without it for 80")
  func hostFields() {
    #expect(
      RedirectURI.hostFields(port: 8000) == ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"]
    )
    #expect(
      RedirectURI.hostFields(port: 80)
        == ["127.0.0.1:80", "127.0.0.1", "localhost:80", "localhost", "[::1]:80", "[::1]"]
    )
  }
}
