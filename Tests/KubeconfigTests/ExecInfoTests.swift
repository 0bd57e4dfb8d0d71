// SPDX-License-Identifier: Apache-2.0

import Testing

import Kubeconfig

@Suite struct ExecInfoTests {
  static let head = #""kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/"#

  private func parse(_ text: String) -> Result<ExecInfo, KubeconfigError> {
    Result { () throws(KubeconfigError) in try ExecInfo.parse(Array(text.utf8)) }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let text: String
    let info: ExecInfo
    var testDescription: String { text }
    init(
      _ text: String,
      _ version: ExecVersion,
      _ interactive: Bool,
      _ cluster: ExecInfo.Cluster? = nil
    ) {
      self.text = text
      info = ExecInfo(version: version, interactive: interactive, cluster: cluster)
    }
  }

  static let good = [
    Row("{\(head)v1\",\"spec\":{\"interactive\":true}}", .v1, true),
    Row("{\(head)v1\",\"spec\":{\"interactive\":false}}", .v1, false),
    Row("{\(head)v1beta1\",\"spec\":{\"interactive\":true}}", .v1beta1, true),
    Row("{\(head)v1\",\"spec\":{}}", .v1, false),
    Row("{\(head)v1\",\"spec\":null}", .v1, false),
    Row("{\(head)v1\"}", .v1, false),
    Row("{\(head)v1\",\"spec\":{\"interactive\":null,\"cluster\":null}}", .v1, false),
    Row(
      "\n\t {\(head)v1\",\"status\":{\"x\":[1,-2.5e+3,true,null,\"\\ud83d\\ude00\"]}} \r\n",
      .v1,
      false
    ),
    Row(
      "{\"k\\u0069nd\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io\\/v1\"}",
      .v1,
      false
    ),
    Row(
      "{\(head)v1\",\"spec\":{\"cluster\":{\"server\":\"https://a:6443\",\"tls-server-name\":\"b\","
        + "\"certificate-authority-data\":\"aGVsbG8=\",\"config\":{ \"a\" : [1, \"ü\"] }}}}",
      .v1,
      false,
      ExecInfo.Cluster(
        server: "https://a:6443",
        tlsServerName: "b",
        certificateAuthority: Array("hello".utf8),
        config: Array("{ \"a\" : [1, \"ü\"] }".utf8)
      )
    ),
  ]

  @Test(arguments: good)
  func whatClientGoWritesIsUnderstood(row: Row) throws {
    #expect(try parse(row.text).get() == row.info)
  }

  @Test(arguments: [nil, []] as [[UInt8]?])
  func withoutItLanyardIsRunByHand(raw: [UInt8]?) throws {
    #expect(try ExecInfo.parse(raw) == .byHand)
    #expect(ExecInfo.byHand.version == .v1)
    #expect(ExecInfo.byHand.interactive == nil)
  }

  static let bad: [(String, KubeconfigError.Code)] = [
    (" ", .execInfoMalformed), ("{", .execInfoMalformed), ("[]", .execInfoMalformed),
    ("null", .execInfoMalformed), ("{}", .execInfoMalformed),
    ("kind: ExecCredential", .execInfoMalformed),
    ("{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}", .execInfoMalformed),
    ("{\"kind\":\"ExecCredential\"}", .execInfoVersion),
    ("{\(head)v1alpha1\"}", .execInfoVersion), ("{\(head)v2\"}", .execInfoVersion),
    ("{\(head)v1\",\"spec\":[]}", .execInfoMalformed),
    ("{\(head)v1\",\"spec\":{\"interactive\":\"true\"}}", .execInfoMalformed),
    ("{\(head)v1\",\"spec\":{\"interactive\":1}}", .execInfoMalformed),
    ("{\(head)v1\",\"spec\":{\"cluster\":{\"server\":1}}}", .execInfoMalformed),
    (
      "{\(head)v1\",\"spec\":{\"cluster\":{\"certificate-authority-data\":\"*\"}}}",
      .execInfoMalformed
    ),
    ("{\(head)v1\"} {}", .execInfoMalformed),
    ("{\(head)v1\",\"kind\":\"Pod\"}", .execInfoMalformed),
    ("{\(head)v1\",\"a\":\"\\ud800\"}", .execInfoMalformed),
    ("{\(head)v1\",\"a\":\"\\x\"}", .execInfoMalformed),
    ("{\(head)v1\",\"a\":\"\u{1}\"}", .execInfoMalformed),
    ("{\(head)v1\",\"a\":01}", .execInfoMalformed),
    ("{\(head)v1\",\"a\":1.}", .execInfoMalformed),
    ("{\(head)v1\",\"a\":+1}", .execInfoMalformed),
    ("{\(head)v1\",\"a\":NaN}", .execInfoMalformed),
    ("{\(head)v1\",}", .execInfoMalformed),
    ("{\(head)v1\",\"a\":[1,]}", .execInfoMalformed),
    ("\u{feff}{\(head)v1\"}", .execInfoMalformed),
  ]

  @Test(arguments: bad)
  func anythingElseIsRefused(text: String, code: KubeconfigError.Code) {
    guard case .failure(let error) = parse(text) else {
      Issue.record("accepted")
      return
    }
    #expect(error.code == code)
    #expect(!error.what.isEmpty && !error.remedy.isEmpty)
  }

  @Test func anUnknownVersionIsNamedEscapedWithTheKnownOnes() {
    guard case .failure(let error) = parse("{\(Self.head)v9\\u001b[31m\"}") else {
      Issue.record("accepted")
      return
    }
    #expect(error.what.contains("client.authentication.k8s.io/v9\\u{1b}[31m"))
    #expect(
      error.what.contains(
        "client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1"
      )
    )
    #expect(!error.what.contains("\u{1b}"))
  }

  @Test func everyCutOfAGoodTextIsRefused() {
    let text = Array(Self.good[9].text.utf8)
    for length in 1..<text.count {
      let cut = Array(text.prefix(length))
      #expect(throws: KubeconfigError.self) { try ExecInfo.parse(cut) }
    }
  }

  @Test(arguments: ["[", "{\"a\":", "[[", "[{\"a\":"])
  func deepNestingIsRefused(opening: String) {
    let text = "{\(Self.head)v1\",\"a\":" + String(repeating: opening, count: 100_000)
    guard case .failure(let error) = parse(text) else {
      Issue.record("accepted")
      return
    }
    #expect(error.code == .execInfoMalformed)
    #expect(error.cause?.contains("nested") == true)
  }

  @Test func aMegabyteIsReadAndMoreIsNot() throws {
    let start = "{\(Self.head)v1\",\"spec\":{\"cluster\":{\"certificate-authority-data\":\""
    let end = "\"}}}"
    let room = (ExecInfo.maximumLength - start.utf8.count - end.utf8.count) / 4 * 4
    let full = start + String(repeating: "QUFB", count: room / 4) + end
    #expect(try parse(full).get().cluster?.certificateAuthority.count == room / 4 * 3)
    let numbers =
      start + end.dropLast(1) + ",\"n\":[" + String(repeating: "1,", count: 500_000) + "1]}"
    #expect(try parse(numbers).get().version == .v1)
    #expect(throws: KubeconfigError.self) {
      try parse(full + String(repeating: " ", count: 5)).get()
    }
  }

  @Test func whatIsNotUTF8IsRefused() {
    let bytes = Array("{\(Self.head)v1\",\"a\":\"".utf8) + [0xff, 0xfe] + Array("\"}".utf8)
    #expect(throws: KubeconfigError.self) { try ExecInfo.parse(bytes) }
  }
}
