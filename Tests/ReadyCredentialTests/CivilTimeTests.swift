// SPDX-License-Identifier: Apache-2.0

import ReadyCredential
import Testing

@Suite struct CivilTimeTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z", "19700101T000000Z"),
      (-1, "1969-12-31T23:59:59Z", "19691231T235959Z"),
      (951_782_399, "2000-02-28T23:59:59Z", "20000228T235959Z"),
      (951_782_400, "2000-02-29T00:00:00Z", "20000229T000000Z"),
      (4_107_542_400, "2100-03-01T00:00:00Z", "21000301T000000Z"),
      (-62_135_596_800, "0001-01-01T00:00:00Z", "00010101T000000Z"),
      (253_402_300_799, "9999-12-31T23:59:59Z", "99991231T235959Z"),
    ] as [(Int64, String, String)]
  )
  func `a second is written in both forms, and found again`(
    seconds: Int64,
    extended: String,
    basic: String
  ) throws {
    let time = try #require(CivilTime(unixSeconds: seconds))
    #expect(time.rfc3339 == extended)
    #expect(time.basic == basic)
    #expect(basic.hasPrefix(time.basicDay + "T"))
    #expect(time.unixSeconds == seconds)
  }

  @Test(arguments: [-62_135_596_801, 253_402_300_800, .max, .min] as [Int64])
  func `seconds outside the years 1 to 9999 are none`(seconds: Int64) {
    #expect(CivilTime(unixSeconds: seconds) == nil)
  }

  @Test func `every day of 800 years comes back`() throws {
    for day in stride(from: Int64(-146_097), to: 146_097, by: 1) {
      let time = try #require(CivilTime(unixSeconds: day * 86_400 + 3_661))
      #expect(time.unixSeconds == day * 86_400 + 3_661)
    }
  }

  @Test(
    arguments: [
      [2023, 2, 29, 0, 0, 0], [2024, 4, 31, 0, 0, 0], [2024, 13, 1, 0, 0, 0],
      [2024, 0, 1, 0, 0, 0],
      [0, 1, 1, 0, 0, 0], [2024, 1, 1, 24, 0, 0], [2024, 1, 1, 0, 60, 0], [2024, 1, 1, 0, 0, 61],
      [1900, 2, 29, 0, 0, 0],
    ]
  )
  func `what no calendar has is none`(parts: [Int]) {
    let time = CivilTime(
      year: parts[0],
      month: parts[1],
      day: parts[2],
      hour: parts[3],
      minute: parts[4],
      second: parts[5]
    )
    #expect(time == nil)
  }
}
