// SPDX-License-Identifier: Apache-2.0

import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The table of variables in docs/clouds.md, the inputs of a ready credential, and what the sources really name.
@Suite struct VariablesTests {
  private struct Missing: Error {}

  /// What decides how long something is asked, and not what is answered.
  private static let limits: Set = [
    "AWS_METADATA_SERVICE_TIMEOUT", "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
  ]

  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(5).joined(separator: "/")

  private static func text(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else {
      throw Missing()
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The names of variables between such marks; one that goes on in another text is none.
  private static func names(in text: String, between mark: Character) -> Set<String> {
    Set(
      text.split(separator: mark, omittingEmptySubsequences: false).map(String.init).filter {
        $0.hasPrefix("AWS_") && !$0.hasSuffix("_")
          && $0.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
      }
    )
  }

  private static func documented() throws -> Set<String> {
    let page = try text("docs/clouds.md")
    guard let start = page.firstRange(of: "\n### Variables\n"),
      let end = page[start.upperBound...].firstRange(of: "\n### ")
    else { throw Missing() }
    return names(in: String(page[start.upperBound..<end.lowerBound]), between: "`")
  }

  private static func inputs() throws -> Set<String> {
    let path = "Sources/ReadyCredential/Inputs/ProviderInputs+EKS.swift"
    return names(in: try text(path), between: "\"")
  }

  @Test func `the table has the inputs of a ready credential, and nothing else`() throws {
    let inputs = try Self.inputs()
    #expect(inputs.count > 20)
    #expect(try Self.documented() == inputs.union(Self.limits))
  }

  @Test func `every variable that the sources name is an input`() throws {
    var named: Set<String> = []
    for folder in ["Sources/Clouds/AWS", "Sources/Clouds/EKSToken"] {
      let files = try FileManager.default.subpathsOfDirectory(atPath: "\(Self.root)/\(folder)")
      for file in files where file.hasSuffix(".swift") {
        named.formUnion(Self.names(in: try Self.text("\(folder)/\(file)"), between: "\""))
      }
    }
    #expect(named.count > 20)
    #expect(named.subtracting(try Self.inputs()) == Self.limits)
  }
}
