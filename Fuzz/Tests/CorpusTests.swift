// SPDX-License-Identifier: Apache-2.0

import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The seeds of the fuzzers, each as a test: what `make fuzz` begins with stays true without it.
@Suite("fuzz corpus")
struct CorpusTests {
  /// One input, with what its name promises.
  struct Seed: Sendable, CustomTestStringConvertible {
    let target: FuzzTarget
    let name: String
    let input: [UInt8]
    var testDescription: String { "\(target.rawValue)/\(name)" }
  }

  static let folder =
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    .joined(separator: "/") + "/Corpus"

  static let seeds = Result {
    try FuzzTarget.allCases.flatMap { target in
      let folder = "\(folder)/\(target.rawValue)"
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
        let file = URL(filePath: "\(folder)/\(name)")
        return Seed(target: target, name: name, input: Array(try Data(contentsOf: file)))
      }
    }
  }

  @Test(
    "a seed keeps every rule, and is accepted or refused as its name says",
    arguments: try seeds.get()
  )
  func seed(_ seed: Seed) throws {
    try #require(seed.name.hasPrefix("accepted-") || seed.name.hasPrefix("refused-"))
    #expect(try seed.target.run(seed.input) == seed.name.hasPrefix("accepted-"))
  }

  @Test("every target has seeds of both kinds", arguments: FuzzTarget.allCases)
  func bothKinds(_ target: FuzzTarget) throws {
    let names = try Self.seeds.get().filter { $0.target == target }.map(\.name)
    #expect(names.contains { $0.hasPrefix("accepted-") })
    #expect(names.contains { $0.hasPrefix("refused-") })
  }

  /// A cut or a flipped bit anywhere is refused or accepted, and breaks no rule: the nearest that a
  /// test comes to fuzzing in a second.
  @Test("no cut of a seed breaks a rule", arguments: try seeds.get())
  func cuts(_ seed: Seed) throws {
    for end in stride(from: 0, to: seed.input.count, by: 7) {
      _ = try seed.target.run(Array(seed.input[..<end]))
      var flipped = seed.input
      flipped[end] ^= 0x20
      _ = try seed.target.run(flipped)
    }
  }
}
