// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth
import Testing

@testable import Google

/// Vendors' files with a few bytes changed: nothing ends the program, and what is written is what was meant.
@Suite struct MutationTests {
  /// A repeatable sequence (SplitMix64), so that a failure can be seen again.
  struct Sequence: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  static let seeds = [
    #"{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r","scopes":["a"]}"#,
    #"{"type":"external_account","audience":"a","subject_token_type":"t","token_url":"https://sts.googleapis.com/","credential_source":{"url":"https://h/","headers":{"A":"1"},"format":{"type":"json","subject_token_field_name":"t"}},"service_account_impersonation_url":"https://h/x:g","service_account_impersonation":{"token_lifetime_seconds":2800}}"#,
    #"{"unknown":[1.50,{"refresh_token":"x"}],"type":"external_account_authorized_user","client_id":"c","client_secret":"s","refresh_token":"r\"\\é"}"#,
  ]

  private func mutated(_ seed: String, _ random: inout Sequence) -> [UInt8] {
    var bytes = Array(seed.utf8)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: at)
      case 2: bytes.insert(Array("\"\\{}[]:,".utf8).randomElement(using: &random) ?? 0, at: at)
      default: bytes.removeSubrange(at...)
      }
      if bytes.isEmpty { bytes = [0x7B] }
    }
    return bytes
  }

  @Test(arguments: seeds) func `credential files`(seed: String) throws {
    var random = Sequence(state: 1)
    var refused = 0
    for _ in 0..<3000 {
      do {
        _ = try CredentialFile.parse(mutated(seed, &random), .test)
      } catch {
        #expect(error.code == .configuration)
        #expect(!Text.hasControls(error.what))
        refused += 1
      }
    }
    #expect((300..<3000).contains(refused))
  }

  @Test(arguments: seeds) func `a text replaced in a damaged file`(seed: String) throws {
    var random = Sequence(state: 2)
    var replaced = 0
    for _ in 0..<3000 {
      let before = mutated(seed, &random)
      guard let after = JSONMember.replace("refresh_token", with: "new", in: before) else {
        continue
      }
      replaced += 1
      var expected = try #require(try StrictJSON(parsing: before).members)
      expected["refresh_token"] = .string("new")
      #expect(try StrictJSON(parsing: after).members == expected)
    }
    #expect(seed.contains("refresh_token") == (replaced > 0))
  }

  @Test func `settings of gcloud`() {
    var random = Sequence(state: 3)
    for _ in 0..<3000 {
      let bytes = mutated("[core]\naccount = me@x\n[auth]\ntoken_host: h\n", &random)
      for (_, values) in GcloudProperties.parse(String(decoding: bytes, as: UTF8.self)) {
        #expect(values.allSatisfy { name, _ in !name.contains("\n") })
      }
    }
  }
}
