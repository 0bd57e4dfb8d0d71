// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The expected values beside these tests.
enum Vectors {
  private struct Missing: Error {}

  private static let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast().joined(separator: "/")

  /// A file of `Vectors/`, decoded; throws if it is missing or in another form.
  static func decoded<Value: Decodable>(_ type: Value.Type, from name: String) throws -> Value {
    guard let data = FileManager.default.contents(atPath: folder + "/Vectors/" + name) else {
      throw Missing()
    }
    return try JSONDecoder().decode(type, from: data)
  }
}
