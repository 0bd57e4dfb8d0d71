// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ClockSkewTests {
  /// Sun, 06 Nov 1994 08:49:37 GMT.
  private static let instant = 784_111_777.0

  private func clock(_ ahead: Double, headers: HTTPFields? = nil) -> ClockSkew? {
    ClockSkew(
      headers: headers ?? [.date: "Sun, 06 Nov 1994 08:49:37 GMT"],
      now: Date(timeIntervalSince1970: Self.instant + ahead)
    )
  }

  @Test(arguments: [0, 1, -1, 300, -300, 301, -301, 86_400, -86_400] as [Double])
  func theDifferenceIsThisClockMinusTheServers(_ ahead: Double) throws {
    let skew = try #require(clock(ahead))
    #expect(skew.seconds == Int(ahead))
    #expect(skew.isTolerated == (abs(ahead) <= 300))
    #expect((skew.words(host: "idp.example") == nil) == (abs(ahead) <= 300))
  }

  @Test(
    arguments: [
      (301, "5 min ahead of"), (-301, "5 min behind"), (3600, "1 h ahead of"),
      (-7260, "2 h 1 min behind"), (86_400, "1 d ahead of"), (-180_000, "2 d 2 h behind"),
    ] as [(Double, String)]
  )
  func wordsSayHowFarAndInWhichDirection(_ ahead: Double, _ words: String) throws {
    let said = try #require(clock(ahead)?.words(host: "idp\n.example"))
    #expect(said.what.hasPrefix("this clock is \(words) the clock of idp"))
    #expect(!said.what.contains("\n"))
    #expect(said.remedy.contains("timedatectl"))
  }

  @Test(arguments: ["", "now", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"])
  func otherDatesSayNothing(_ text: String) {
    #expect(clock(0, headers: [.date: text]) == nil)
  }

  @Test func aCachedAnswersDateSaysNothing() {
    #expect(clock(9999, headers: [:]) == nil)
    let cached: HTTPFields = [.date: "Sun, 06 Nov 1994 08:49:37 GMT", .age: "4000"]
    #expect(clock(4000, headers: cached) == nil)
  }
}
