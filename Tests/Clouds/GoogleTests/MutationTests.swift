// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import OAuth
import Synchronization
import Testing

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
    Credential.person(#","scopes":["a"],"universe_domain":"googleapis.com""#),
    Credential.external(
      #"{"file":"/f","format":{"type":"json","subject_token_field_name":"t"}}"#,
      #","service_account_impersonation":{"token_lifetime_seconds":2800}"#
    ),
    Credential.workforce, Credential.impersonating(Credential.workforce),
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

  @Test(arguments: seeds) func `credential files`(seed: String) async throws {
    var random = Sequence(state: 1)
    var (refused, written) = (0, 0)
    for _ in 0..<2000 {
      let before = mutated(seed, &random)
      let answer = HTTPAnswer.json(#"{"access_token":"t","refresh_token":"new"}"#)
      let end = HTTPAnswer.json(#"{"accessToken":"u","expireTime":"2099-01-01T00:00:00Z"}"#)
      let world = World.adc("", [:], [answer, end]) { state in
        state.files[World.file] = before
        state.files["/f"] = Array(#"{"t":"\#(Credential.jwt)"}"#.utf8)
      }
      if let failure = await world.failure() {
        refused += 1
        #expect(!Text.hasControls(failure.what))
        if world.calls.isEmpty { #expect(failure.code == .configuration) }
      }
      let after = try #require(world.state.withLock { $0.files[World.file] })
      guard after != before else { continue }
      written += 1
      var expected = try #require(try StrictJSON(parsing: before).members)
      if var source = expected["source_credentials"]?.members {
        source["refresh_token"] = .string("new")
        expected["source_credentials"] = .object(source)
      } else {
        expected["refresh_token"] = .string("new")
      }
      #expect(try StrictJSON(parsing: after).members == expected)
    }
    #expect((200..<2000).contains(refused))
    #expect(seed.contains("external_account_authorized_user") == (written > 0))
  }
}
