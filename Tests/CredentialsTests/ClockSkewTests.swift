// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTypes
import OAuth
import Testing

/// The `Date` of the answer explains an ID token whose times do not fit.
@Suite struct ClockSkewTests {
  /// `Given.now` is 14 Nov 2023 22:13:20.
  private static func tokens(life: Int, date: String) -> World.Answer {
    let answer = World.tokens(2, life: life)
    return { world throws(TransportFailure) in
      var dated = try answer(world)
      dated.headers[.date] = date
      return dated
    }
  }

  private static let hourBefore = "Tue, 14 Nov 2023 21:13:20 GMT"
  private static let same = "Tue, 14 Nov 2023 22:13:20 GMT"

  @Test func loginSaysByHowMuchThisClockIsWrong() async throws {
    let world = try World()
    world.script(Self.tokens(life: -400, date: Self.hourBefore))
    let error = try await world.refusal(interactive: true)
    #expect(error?.code == .verdict)
    #expect(error?.what.hasSuffix("; this clock is 1 h ahead of the clock of the issuer") == true)
    #expect(error?.remedy.hasPrefix("set this machine's clock") == true)
  }

  @Test func renewalSaysItToo() async throws {
    let world = try World()
    try world.seed(Given.session(age: 2000))
    world.script(Self.tokens(life: -400, date: Self.hourBefore))
    let error = try await world.refusal()
    #expect(error?.code == .verdict)
    #expect(error?.what.contains("this clock is 1 h ahead of the clock of the issuer") == true)
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-2")
  }

  @Test func clockThatIsRightIsNotBlamed() async throws {
    let world = try World()
    world.script(Self.tokens(life: -400, date: Self.same))
    let error = try await world.refusal(interactive: true)
    #expect(error?.code == .verdict)
    #expect(error?.what.contains("this clock") == false)
  }

  @Test func anotherFaultIsNotTheClocks() async throws {
    let world = try World()
    let foreign = World.tokens(2, by: .stranger)
    let dated: World.Answer = { world throws(TransportFailure) in
      var answer = try foreign(world)
      answer.headers[.date] = Self.hourBefore
      return answer
    }
    world.script(dated)
    let error = try await world.refusal(interactive: true)
    #expect(error?.code == .verdict)
    #expect(error?.what.contains("this clock") == false)
  }
}
