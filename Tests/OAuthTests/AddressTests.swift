// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("issuer and endpoint URLs")
struct AddressTests {
  @Test(
    "issuers that are accepted, byte for byte",
    arguments: [
      "https://issuer.test", "https://issuer.test/", "https://issuer.test:8443/realms/a%20b",
      "https://login.example.com/tenant/v2.0", "http://127.0.0.1:5556/dex", "http://127.8.9.1",
      "http://[::1]:8080", "http://localhost:1", "https://10.0.0.1", "https://[2001:db8::1]/x",
      "https://[::]", "https://[1::]", "https://[1:2:3:4:5:6:7:8]",
      "https://a_b.test", "https://issuer.test/~me/@x", "https://127.evil.test",
    ]
  )
  func accepted(text: String) throws {
    #expect(try Issuer(text).text == text)
  }

  @Test(
    "issuers that are refused",
    arguments: [
      "", "issuer.test", "HTTPS://issuer.test", "https:issuer.test", "https:///x", "https://",
      "http://issuer.test", "http://10.0.0.1", "http://127.evil.test", "http://127.1",
      "http://2130706433", "http://0x7f.0.0.1", "http://127.0.0.01", "http://localhost.evil.test",
      "http://LOCALHOST", "http://localhost.", "http://[::2]", "http://[::ffff:127.0.0.1]",
      "https://issuer.test?x=1", "https://issuer.test/?", "https://issuer.test/#", "file:///etc",
      "javascript:alert(1)", "-https://issuer.test", "https://user@issuer.test",
      "https://user:pw@issuer.test", "https://issuer.test\\@evil.test", "https://issuer.test/a b",
      "https://issuer.test/\n", "https://issuer.test/\u{0}", "https://issuer.test/ü",
      "https://issuer.test:", "https://issuer.test:0", "https://issuer.test:65536",
      "https://issuer.test:08", "https://issuer.test:8a", "https://issuer.test/%2", "https://a..b",
      "https://issuer.test/%zz", "https://issuer.test/../x", "https://issuer.test/./x",
      "https://issuer.test/<x>", "https://[::1", "https://[1::2::3]", "https://[12345::]",
      "https://[]", "https://[:1]", "https://[1:]", "https://[:::]", "https://[1:2:3]",
      "https://%65vil.test", "https://-issuer.test", "https://1.2.3.4.5",
      "https://issuer.test/" + String(repeating: "a", count: 2048),
    ]
  )
  func refused(text: String) {
    #expect(code { () throws(OAuthError) in _ = try Issuer(text) } == .issuerInvalid)
  }

  @Test("the longest issuer that is accepted has 2048 bytes")
  func longest() throws {
    let base = "https://issuer.test/"
    let text = base + String(repeating: "a", count: 2048 - base.utf8.count)
    #expect(try Issuer(text).text.utf8.count == 2048)
    #expect(code { () throws(OAuthError) in _ = try Issuer(text + "a") } == .issuerInvalid)
  }

  @Test(
    "link-local is what two ranges say",
    arguments: [
      ("169.254.0.0", true), ("169.254.169.254", true), ("169.253.0.1", false),
      ("169.255.0.1", false),
      ("10.254.0.1", false), ("169.254.evil.test", false), ("169.254", false),
      ("[fe80::1]", true), ("[FE80::1]", true), ("[febf:1::]", true), ("[fe81::]", true),
      ("[fec0::1]", false), ("[fe7f::1]", false), ("[fe8::1]", false), ("[::fe80]", false),
      ("[fd00:ec2::254]", false), ("[::1]", false), ("127.0.0.1", false), ("localhost", false),
      ("fe80.test", false), ("169-254-0-1.test", false),
    ]
  )
  func linkLocal(host: String, isLinkLocal: Bool) {
    // A host that is no address at all is not one of them either.
    let address = try? WebAddress("http://\(host)/x")
    #expect((address?.isLinkLocal ?? false) == isLinkLocal)
  }

  @Test("host and equality")
  func parts() throws {
    #expect(try Issuer("https://issuer.test:8443/x").host == "issuer.test")
    #expect(try Issuer("http://[::1]:80").host == "::1")
    #expect(try Issuer("https://issuer.test") != Issuer("https://issuer.test/"))
    #expect(try Issuer("https://issuer.test") != Issuer("https://issuer.test:443"))
    #expect(try Issuer("https://issuer.test") == Issuer("https://issuer.test"))
  }

  @Test(
    "endpoints follow the issuer's scheme",
    arguments: [
      ("https://other.test/token?x=1", "https://issuer.test", true),
      ("http://127.0.0.1:1/token", "http://localhost:2", true),
      ("http://127.0.0.1:1/token", "https://issuer.test", false),
      ("http://issuer.test/token", "http://localhost:2", false),
      ("https://u@other.test/token", "https://issuer.test", false),
      ("https://other.test/token#x", "https://issuer.test", false),
      ("--help", "https://issuer.test", false), ("file:///x", "https://issuer.test", false),
    ]
  )
  func endpoints(text: String, issuer: String, accepted: Bool) throws {
    let issuer = try Issuer(issuer)
    let found = code { () throws(OAuthError) in
      _ = try Endpoint(text, named: "token_endpoint", of: issuer)
    }
    #expect(found == (accepted ? nil : .endpointInvalid))
  }

  @Test("messages carry no control characters")
  func messages() {
    do throws(OAuthError) {
      _ = try Issuer("https://x\u{1B}[31m\r\n\u{202E}evil")
      Issue.record("accepted")
    } catch {
      #expect(error.what.contains("https://x[31mevil"))
    }
  }
}
