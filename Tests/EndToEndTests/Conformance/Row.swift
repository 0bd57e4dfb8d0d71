// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// One row of the conformance table, `rows.tsv`.
struct Row: Sendable, CustomTestStringConvertible {
  /// What a client that conforms does.
  enum Expectation: Sendable, Equatable {
    /// It hands out a credential and keeps the session.
    case accept
    /// It ends with one of these codes, prints nothing, and keeps nothing.
    case reject(exits: Set<Int>)
    /// It does not take the request for an answer, and goes on.
    case ignore
    /// Nothing in Lanyard corresponds; the note says why.
    case notApplicable

    init?(_ text: String) {
      switch text {
      case "accept": self = .accept
      case "ignore": self = .ignore
      case "not applicable": self = .notApplicable
      default:
        let words = text.split(separator: "reject, exit ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0].isEmpty else { return nil }
        let codes = words[1].split(separator: " or ").map { Int($0) }
        guard !codes.isEmpty, !codes.contains(nil) else { return nil }
        self = .reject(exits: Set(codes.compactMap(\.self)))
      }
    }
  }

  let profile: String
  let id: String
  let changed: String
  let expectation: Expectation
  let note: String

  var testDescription: String { "\(profile): \(id)" }

  /// The rows as they are in the file; a row that cannot be read is missing, which a test notices.
  static let all: [Row] = lines.compactMap(Row.init)

  /// The rows that are run.
  static let applicable = all.filter { $0.expectation != .notApplicable }

  /// The lines of the file below its header.
  static let lines: [Substring] = {
    let path = "\(Programs.repository)/Tests/EndToEndTests/Conformance/rows.tsv"
    let text = (try? PrivateFile.read(path)) ?? ""
    return text.split(separator: "\n").dropFirst().map(\.self)
  }()

  private init?(_ line: Substring) {
    let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard cells.count == 5, let expectation = Expectation(cells[3]) else { return nil }
    (profile, id, changed, note) = (cells[0], cells[1], cells[2], cells[4])
    self.expectation = expectation
  }
}
