// SPDX-License-Identifier: Apache-2.0

import Credentials
import Testing

/// Every combination of `--login`, `spec.interactive`, terminal and display, written out.
@Suite struct WhoMayBeAskedTests {
  typealias Row = (LoginPreference, Bool?, Bool, Bool, LoginWay)

  static let rows: [Row] = [
    (.auto, nil, false, false, .none),
    (.auto, nil, false, true, .none),
    (.auto, nil, true, false, .deviceOrURL),
    (.auto, nil, true, true, .browser),
    (.auto, false, false, false, .none),
    (.auto, false, false, true, .none),
    (.auto, false, true, false, .none),
    (.auto, false, true, true, .none),
    (.auto, true, false, false, .deviceOrURL),
    (.auto, true, false, true, .browser),
    (.auto, true, true, false, .deviceOrURL),
    (.auto, true, true, true, .browser),
    (.browser, nil, false, false, .browser),
    (.browser, nil, false, true, .browser),
    (.browser, nil, true, false, .browser),
    (.browser, nil, true, true, .browser),
    (.browser, false, false, false, .browser),
    (.browser, false, false, true, .browser),
    (.browser, false, true, false, .browser),
    (.browser, false, true, true, .browser),
    (.browser, true, false, false, .browser),
    (.browser, true, false, true, .browser),
    (.browser, true, true, false, .browser),
    (.browser, true, true, true, .browser),
    (.device, nil, false, false, .device),
    (.device, nil, false, true, .device),
    (.device, nil, true, false, .device),
    (.device, nil, true, true, .device),
    (.device, false, false, false, .device),
    (.device, false, false, true, .device),
    (.device, false, true, false, .device),
    (.device, false, true, true, .device),
    (.device, true, false, false, .device),
    (.device, true, false, true, .device),
    (.device, true, true, false, .device),
    (.device, true, true, true, .device),
    (.paste, nil, false, false, .none),
    (.paste, nil, false, true, .none),
    (.paste, nil, true, false, .paste),
    (.paste, nil, true, true, .paste),
    (.paste, false, false, false, .none),
    (.paste, false, false, true, .none),
    (.paste, false, true, false, .none),
    (.paste, false, true, true, .none),
    (.paste, true, false, false, .none),
    (.paste, true, false, true, .none),
    (.paste, true, true, false, .paste),
    (.paste, true, true, true, .paste),
    (.never, nil, false, false, .none),
    (.never, nil, false, true, .none),
    (.never, nil, true, false, .none),
    (.never, nil, true, true, .none),
    (.never, false, false, false, .none),
    (.never, false, false, true, .none),
    (.never, false, true, false, .none),
    (.never, false, true, true, .none),
    (.never, true, false, false, .none),
    (.never, true, false, true, .none),
    (.never, true, true, false, .none),
    (.never, true, true, true, .none),
  ]

  @Test func table() {
    for (preference, interactive, terminal, display, way) in Self.rows {
      let audience = Audience(interactive: interactive, terminal: terminal, display: display)
      #expect(
        WhoMayBeAsked.way(preference, audience) == way,
        "\(preference) \(String(describing: interactive)) \(terminal) \(display)"
      )
    }
  }

  @Test func tableIsComplete() {
    let combinations = Set(Self.rows.map { "\($0.0) \(String(describing: $0.1)) \($0.2) \($0.3)" })
    #expect(combinations.count == LoginPreference.allCases.count * 3 * 2 * 2)
  }
}
