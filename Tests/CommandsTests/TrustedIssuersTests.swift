// SPDX-License-Identifier: Apache-2.0

import Commands
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct TrustedIssuersTests {
  private static func withHome(_ body: (String) throws -> Void) throws {
    let home = FileManager.default.temporaryDirectory.path + "/lanyard-trust-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: home) }
    try body(home)
  }

  @Test func `an issuer is trusted once it was added, and none that only looks like it`() throws {
    try Self.withHome { home in
      let trusted = TrustedIssuers(home: home)
      let issuer = try Issuer("https://id.example.com/realms/dev")
      #expect(try !trusted.holds(issuer))
      try trusted.add(issuer)
      try trusted.add(issuer)
      #expect(try trusted.holds(issuer))
      #expect(try !trusted.holds(Issuer("https://id.example.com/realms/dev/")))
      #expect(try !trusted.holds(Issuer("https://id.example.com/realms/de")))
      #expect(
        try String(contentsOfFile: trusted.path, encoding: .utf8)
          == "https://id.example.com/realms/dev\n"
      )
    }
  }

  @Test(arguments: [
    ("https://a.example.com\n", true), ("  https://a.example.com \t\r\n", true),
    ("# https://a.example.com\n", false), ("https://b.example.com\nhttps://a.example.com", true),
    ("https://a.example.com https://b.example.com\n", false), ("", false),
  ])
  func `a line is an issuer`(text: String, holds: Bool) throws {
    try Self.withHome { home in
      let trusted = TrustedIssuers(home: home)
      try trusted.add(Issuer("https://other.example.com"))
      try Data(text.utf8).write(to: URL(filePath: trusted.path))
      #expect(try trusted.holds(Issuer("https://a.example.com")) == holds)
    }
  }

  @Test func `a file that others can write is not believed`() throws {
    try Self.withHome { home in
      let trusted = TrustedIssuers(home: home)
      let issuer = try Issuer("https://a.example.com")
      try trusted.add(issuer)
      try FileManager.default.setAttributes([.posixPermissions: 0o662], ofItemAtPath: trusted.path)
      #expect(throws: (any Error).self) { try trusted.holds(issuer) }
      #expect(throws: (any Error).self) { try trusted.add(Issuer("https://b.example.com")) }
    }
  }
}
