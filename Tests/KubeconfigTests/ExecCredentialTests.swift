// SPDX-License-Identifier: Apache-2.0

import Testing

import Kubeconfig

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ExecCredentialTests {
  @Test(arguments: ExecVersion.allCases)
  func oneDocumentInTheVersionAskedFor(version: ExecVersion) {
    let bytes = ExecCredential.render(
      version,
      token: "abc",
      expiration: Date(timeIntervalSince1970: 1_700_000_000.9)
    )
    let expected =
      #"{"kind":"ExecCredential","apiVersion":"\#(version.rawValue)","status":"#
      + #"{"expirationTimestamp":"2023-11-14T22:13:20Z","token":"abc"}}"# + "\n"
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  private static func timestamp(_ seconds: Double) throws -> String? {
    struct Document: Decodable {
      struct Status: Decodable { let expirationTimestamp: String? }
      let status: Status
    }
    let bytes = ExecCredential.render(
      .v1,
      token: "t",
      expiration: Date(timeIntervalSince1970: seconds)
    )
    return try JSONDecoder().decode(Document.self, from: Data(bytes)).status.expirationTimestamp
  }

  @Test func withoutExpirationThereIsNoTimestamp() {
    let text = String(
      decoding: ExecCredential.render(.v1, token: "t", expiration: nil),
      as: UTF8.self
    )
    #expect(text.hasSuffix(#""status":{"token":"t"}}"# + "\n"))
  }

  @Test(arguments: ["plain", "q\"b\\s", "\n\r\t\u{0}\u{1f}\u{7f}", "ü😀\u{2028}", ""])
  func anyTokenComesBackThroughAnotherParser(token: String) throws {
    struct Document: Decodable {
      struct Status: Decodable { let token: String }
      let status: Status
    }
    let bytes = ExecCredential.render(.v1, token: token, expiration: nil)
    #expect(try JSONDecoder().decode(Document.self, from: Data(bytes)).status.token == token)
    #expect(bytes.filter { $0 == 10 }.count == 1)
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
      (951_782_400, "2000-02-29T00:00:00Z"),
      (951_868_799, "2000-02-29T23:59:59Z"), (951_868_800, "2000-03-01T00:00:00Z"),
      (4_107_542_400, "2100-03-01T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
      (253_402_300_799, "9999-12-31T23:59:59Z"), (-62_135_596_800, "0001-01-01T00:00:00Z"),
      (1_735_689_599, "2024-12-31T23:59:59Z"),
    ] as [(Double, String)]
  )
  func timestampsAreRight(seconds: Double, text: String) throws {
    #expect(try Self.timestamp(seconds) == text)
  }

  @Test(arguments: [253_402_300_800, -62_135_596_801, .infinity, -.infinity, .nan] as [Double])
  func timesThatCannotBeWrittenAreLeftOut(seconds: Double) throws {
    #expect(try Self.timestamp(seconds) == nil)
  }
}
