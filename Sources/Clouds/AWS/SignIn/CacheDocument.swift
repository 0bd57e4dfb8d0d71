// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON file of a cache that belongs to the AWS tools.
///
/// They write some of them in place and without a lock (aws-cli issue 9632), so one that is torn is looked at again.
struct CacheDocument: Sendable {
  /// The largest file that is read, in bytes: real ones have 1 to 5 KB.
  static let limit = 256 * 1024
  /// After so many seconds a torn file is read once more.
  private static let secondLook = 0.05

  /// What lies there.
  enum Content: Sendable {
    case absent
    /// There is a file, and it is not a JSON object; why, in words for a message.
    case damaged(String)
    case members([String: StrictJSON])

    /// The members, if there are any.
    var members: [String: StrictJSON]? {
      if case .members(let members) = self { members } else { nil }
    }
  }

  let path: String
  let effects: CloudEffects

  /// What lies there now, or 50 ms later if it was torn.
  ///
  /// Throws what reading throws, and ``CloudError/Code/failed`` when cancelled.
  func read() async throws(CloudError) -> Content {
    let first = try look()
    guard case .damaged = first else { return first }
    do {
      try await effects.pause(Self.secondLook)
    } catch {
      throw CloudError(.failed, "interrupted", remedy: "try again", cause: error)
    }
    let second = try look()
    if case .damaged(let why) = second { effects.trace("\(path) is left alone: \(why)") }
    return second
  }

  private func look() throws(CloudError) -> Content {
    guard let bytes = try effects.readFile(path, Self.limit) else { return .absent }
    do {
      guard let members = try StrictJSON(parsing: Self.withoutMark(bytes)).members else {
        return .damaged("it is not a JSON object")
      }
      return .members(members)
    } catch {
      return .damaged("\(error.reason) at byte \(error.offset)")
    }
  }

  /// Without the byte order mark that some editors put in front.
  private static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  }
}
