// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import OAuth
import Synchronization
import Testing

/// The file of a workforce login, which is written when its refresh token changes.
@Suite struct WorkforceFileTests {
  private static func answer(_ refreshToken: String) -> HTTPAnswer {
    .json(#"{"access_token":"t","expires_in":3600,"refresh_token":"\#(refreshToken)"}"#)
  }

  private func after(_ text: String, _ refreshToken: String) async throws -> String {
    let world = World.adc(text, [:], [Self.answer(refreshToken)])
    #expect(try await world.token().token == Secret("t"))
    let bytes = try #require(world.state.withLock { $0.files[World.file] })
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `one text is replaced, and nothing else`() async throws {
    let text = Credential.workforce
    let expected = text.replacing(#""refresh_token" : "r""#, with: #""refresh_token" : "n\"\\w""#)
    #expect(expected != text)
    #expect(try await after(text, #"n\"\\w"#) == expected)
  }

  @Test func `a name that is written with escapes is still that name`() async throws {
    let text = Credential.workforce
      .replacing(#""refresh_token" : "r""#, with: #""refresh\u005ftoken":"r""#)
    let expected = text.replacing(#"token":"r""#, with: #"token":"n""#)
    #expect(expected != text)
    #expect(try await after(text, "n") == expected)
  }

  @Test func `the same token again writes nothing`() async throws {
    #expect(try await after(Credential.workforce, "r") == Credential.workforce)
  }

  @Test func `while another sign-in gives no token, nobody's token serves in its place`()
    async throws
  {
    let world = World.adc(Credential.workforce, [:], [.token("one"), .json("", status: 503)])
    #expect(try await world.token().token == Secret("one"))
    let other = Credential.workforce.replacing(
      #""refresh_token" : "r""#,
      with: #""refresh_token":"q""#
    )
    world.state.withLock { $0.files[World.file] = Array(other.utf8) }
    #expect(await world.failure()?.code == .temporary)
    #expect(world.calls.map { $0.form["refresh_token"] } == ["r", "q"])
  }

  @Test func `another sign-in in the same file is another's token`() async throws {
    let world = World.adc(Credential.workforce, [:], [.token("one"), .token("two")])
    #expect(try await world.token().token == Secret("one"))
    #expect(try await world.token().token == Secret("one"))
    let other = Credential.workforce.replacing(
      #""refresh_token" : "r""#,
      with: #""refresh_token":"q""#
    )
    world.state.withLock { $0.files[World.file] = Array(other.utf8) }
    #expect(try await world.token().token == Secret("two"))
    #expect(try await world.token().token == Secret("two"))
    #expect(world.calls.map { $0.form["refresh_token"] } == ["r", "q"])
  }
}
