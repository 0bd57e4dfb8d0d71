// SPDX-License-Identifier: Apache-2.0

import Credentials
import Testing

@Suite struct BackoffTests {
  @Test(
    arguments: [
      (0, 5.0), (1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60), (63, 60), (64, 60),
      (Int.max, 60), (Int.min, 5),
    ] as [(Int, Double)]
  )
  func outageDoubles(failures: Int, seconds: Double) {
    #expect(Backoff.outage(failures: failures, retryAfter: nil) == seconds)
  }

  @Test(
    arguments: [
      (-1, 1.0), (0, 1), (1, 1), (30, 30), (600, 600), (601, 600), (Int.max, 600),
    ] as [(Int, Double)]
  )
  func retryAfterWins(asked: Int, seconds: Double) {
    #expect(Backoff.outage(failures: 5, retryAfter: asked) == seconds)
  }

  @Test(
    arguments: [(1, 30.0), (2, 60), (3, 120), (6, 960), (7, 1800), (100, 1800)] as [(Int, Double)]
  )
  func loginDoubles(failures: Int, seconds: Double) {
    #expect(Backoff.login(failures: failures) == seconds)
  }
}
