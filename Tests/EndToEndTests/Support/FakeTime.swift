// SPDX-License-Identifier: Apache-2.0

import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// libfaketime, which gives a dynamically linked program another clock.
enum FakeTime {
  /// Variables under which a program sees that clock, and the machine's own where it measures how long something takes.
  ///
  /// `clock` as libfaketime wants it: `+7200s` is two hours ahead, `+0 x100` runs a hundred times as fast.
  static func variables(_ clock: String) throws -> [String: String] {
    let folders = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib")
    let library = try #require(
      folders.map { "/usr/lib/\($0)/faketime/libfaketime.so.1" }
        .first { FileManager.default.fileExists(atPath: $0) },
      "install the package faketime"
    )
    return ["LD_PRELOAD": library, "FAKETIME": clock, "FAKETIME_DONT_FAKE_MONOTONIC": "1"]
  }
}
