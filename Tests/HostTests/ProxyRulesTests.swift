// SPDX-License-Identifier: Apache-2.0
import Host
import Testing

@Suite struct ProxyRulesTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var list: String
    var host: String
    var port = 443
    var direct: Bool
    var testDescription: String { "\(list) | \(host):\(port)" }
  }

  static let exceptions = [
    Row(list: "", host: "idp.example", direct: false),
    Row(list: "*", host: "idp.example", direct: true),
    Row(list: "a, * ,b", host: "idp.example", direct: true),
    Row(list: "idp.example", host: "idp.example", direct: true),
    Row(list: "IDP.example", host: "idp.EXAMPLE", direct: true),
    Row(list: "example", host: "idp.example", direct: true),
    Row(list: "example", host: "idpexample", direct: false),
    Row(list: ".example", host: "idp.example", direct: true),
    Row(list: ".example", host: "a.idp.example", direct: true),
    Row(list: ".example", host: "example", direct: false),
    Row(list: "*.example", host: "idp.example", direct: true),
    Row(list: "*.example", host: "example", direct: false),
    Row(list: "idp.example:443", host: "idp.example", direct: true),
    Row(list: "idp.example:8443", host: "idp.example", direct: false),
    Row(list: "idp.example:x", host: "idp.example", direct: false),
    Row(list: ":443", host: "idp.example", direct: false),
    Row(list: " a ,\tidp.example ", host: "idp.example", direct: true),
    Row(list: "10.1.2.3", host: "10.1.2.3", direct: true),
    Row(list: "10.1.2.3", host: "10.1.2.30", direct: false),
    Row(list: "10.1.2.3:443", host: "10.1.2.3", direct: true),
    Row(list: "10.1.2.3:80", host: "10.1.2.3", direct: false),
    Row(list: "10.0.0.0/8", host: "10.255.0.1", direct: true),
    Row(list: "10.0.0.0/8", host: "11.0.0.1", direct: false),
    Row(list: "10.128.0.0/9", host: "10.127.0.1", direct: false),
    Row(list: "0.0.0.0/0", host: "8.8.8.8", direct: true),
    Row(list: "0.0.0.0/0", host: "2001:db8::1", direct: false),
    Row(list: "10.0.0.0/33", host: "10.0.0.1", direct: false),
    Row(list: "10.0.0.0/8", host: "idp.example", direct: false),
    Row(list: "2001:db8::/32", host: "2001:db8:1::1", direct: true),
    Row(list: "2001:db8::/32", host: "2001:db9::1", direct: false),
    Row(list: "[2001:db8::1]:443", host: "2001:db8::1", direct: true),
    Row(list: "[2001:db8::1]:80", host: "2001:db8::1", direct: false),
    Row(list: "2001:db8::1", host: "2001:DB8:0::1", direct: true),
    Row(list: "", host: "localhost", direct: true),
    Row(list: "", host: "LOCALHOST", direct: true),
    Row(list: "", host: "127.0.0.1", direct: true),
    Row(list: "", host: "127.9.9.9", direct: true),
    Row(list: "", host: "::1", direct: true),
    Row(list: "", host: "::ffff:127.0.0.1", direct: true),
    Row(list: "", host: "localhost.example", direct: false),
  ]

  @Test(arguments: exceptions)
  func noProxyFollowsTheRulesOfKubectl(_ row: Row) {
    let found = ProxyExceptions(row.list).contains(host: row.host, port: row.port)
    #expect(found == row.direct)
  }

  struct Choice: Sendable, CustomTestStringConvertible {
    var environment: [String: String]
    var url = "https://idp.example/"
    var expected: String?
    var testDescription: String { "\(environment.sorted { $0.key < $1.key }) \(url)" }
  }

  static let choices = [
    Choice(environment: [:], expected: nil),
    Choice(environment: ["HTTPS_PROXY": "http://p:8080"], expected: "p:8080 (HTTPS_PROXY)"),
    Choice(environment: ["https_proxy": "p:8080"], expected: "p:8080 (https_proxy)"),
    Choice(environment: ["HTTPS_PROXY": "", "https_proxy": "p"], expected: "p:80 (https_proxy)"),
    Choice(
      environment: ["HTTPS_PROXY": "http://u:secret@p:1/"],
      expected: "p:1 (HTTPS_PROXY)"
    ),
    Choice(environment: ["HTTPS_PROXY": "http://[::1]:3128"], expected: "[::1]:3128 (HTTPS_PROXY)"),
    Choice(environment: ["HTTP_PROXY": "http://p:8080"], expected: nil),
    Choice(environment: ["ALL_PROXY": "socks5://p"], expected: "p:1080 (ALL_PROXY)"),
    Choice(environment: ["all_proxy": "a", "HTTPS_PROXY": "h:1"], expected: "h:1 (HTTPS_PROXY)"),
    Choice(environment: ["HTTPS_PROXY": "p", "NO_PROXY": ".example"], expected: nil),
    Choice(environment: ["HTTPS_PROXY": "p", "no_proxy": "*"], expected: nil),
    Choice(
      environment: ["HTTPS_PROXY": "p", "NO_PROXY": "x", "no_proxy": "*"],
      expected: "p:80 (HTTPS_PROXY)"
    ),
    Choice(
      environment: ["HTTP_PROXY": "h:1"],
      url: "http://idp.example/",
      expected: "h:1 (HTTP_PROXY)"
    ),
    Choice(
      environment: ["HTTP_PROXY": "h:1", "http_proxy": "l:1", "REQUEST_METHOD": "GET"],
      url: "http://idp.example/",
      expected: "l:1 (http_proxy)"
    ),
    Choice(
      environment: ["HTTP_PROXY": "h:1", "REQUEST_METHOD": "GET"],
      url: "http://idp.example/",
      expected: nil
    ),
    Choice(environment: ["HTTPS_PROXY": "p"], url: "https://127.0.0.1:8443/", expected: nil),
  ]

  @Test(arguments: choices)
  func theFirstVariableThatIsSetDecides(_ row: Choice) throws {
    let origin = try #require(WebOrigin(url: row.url))
    #expect(try ProxyRules(environment: row.environment).proxy(for: origin)?.name == row.expected)
  }

  @Test(arguments: [
    "https://u:hunter2@p:443", "ftp://u:hunter2@p", "http://", "http://u:hunter2@", "hunter2 p",
    "socks5://u:hunter2@p", "http://u:hunter2@p:99999", "http://u:hunter2@p\n",
  ])
  func anUnusableProxyIsNamedByItsVariableOnly(_ value: String) throws {
    let origin = try #require(WebOrigin(url: "https://idp.example/"))
    #expect {
      _ = try ProxyRules(environment: ["HTTPS_PROXY": value]).proxy(for: origin)
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("HTTPS_PROXY ") && !text.contains("hunter2")
    }
  }

  @Test func aLoginIsDecodedAndNeverShown() throws {
    let proxy = try WebProxy("http://al%40b:hunter2%3A@p", variable: "HTTPS_PROXY")
    #expect(proxy.login?.exposeBasic() == "YWxAYjpodW50ZXIyOg==")
    var dumped = ""
    dump(proxy, to: &dumped)
    #expect(!"\(proxy) \(String(reflecting: proxy)) \(dumped)".contains("hunter2"))
  }
}
