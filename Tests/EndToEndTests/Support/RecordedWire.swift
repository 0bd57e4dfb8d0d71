// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// A run of a vendor's tool whose requests were recorded against a server on this machine.
///
/// The recordings lie in `Clouds/Wire`, as they were made: a line `##### NAME rc STATUS MESSAGE` for each run, then its
/// requests with their fields and bodies, the files that it left and what it printed. Fields that carry no information
/// of the tool's (User-Agent, Content-Length and the SDK's own counters) were left out when they were made.
struct RecordedWire: Sendable {
  /// One request.
  struct Request: Sendable, Equatable {
    /// Method, path and query.
    let line: String
    /// By lower-case names, without `host`.
    var headers: [String: String] = [:]
    var body = ""
  }

  /// A file after the run.
  struct File: Sendable, Equatable {
    /// Below the home folder.
    let path: String
    let text: String
  }

  let name: String
  let status: Int
  private(set) var requests: [Request] = []
  private(set) var files: [File] = []
  /// What the run printed; empty if nothing.
  private(set) var output = ""
  private var isOutput = false

  /// All runs of a file in `Clouds/Wire`, in their order.
  static func all(_ file: String) throws -> [RecordedWire] {
    let path = "\(Programs.repository)/Tests/EndToEndTests/Clouds/Wire/\(file)"
    var runs: [RecordedWire] = []
    for line in try PrivateFile.read(path).split(separator: "\n") {
      if line.hasPrefix("##### ") {
        runs.append(try RecordedWire(heading: String(line.dropFirst(6))))
      } else if !runs.isEmpty {
        runs[runs.count - 1].take(String(line))
      }
    }
    return runs
  }

  /// The run of a name.
  static func named(_ name: String, in file: String) throws -> RecordedWire {
    try #require(try all(file).first { $0.name == name }, "nothing was recorded as \(name)")
  }

  private init(heading: String) throws {
    let mark = try #require(heading.firstRange(of: " rc "))
    name = String(heading[..<mark.lowerBound])
    status = try #require(Int(heading[mark.upperBound...].prefix { $0.isNumber }))
  }

  private mutating func take(_ line: String) {
    if line.hasPrefix("   FILE ") {
      let words = line.dropFirst(8).split(separator: " ", maxSplits: 2).map(String.init)
      if words.count == 3 { files.append(File(path: words[0], text: words[2])) }
    } else if isOutput {
      output += "\n\(line)"
    } else if line.hasPrefix("   OUT") {
      output = String(line.dropFirst(6).trimmingPrefix(" "))
      isOutput = true
    } else if line.hasPrefix("       ") {
      take(field: line.dropFirst(7))
    } else if line.hasPrefix("   ") {
      requests.append(Request(line: String(line.dropFirst(3))))
    }
  }

  private mutating func take(field: Substring) {
    guard !requests.isEmpty else { return }
    let last = requests.count - 1
    if field.hasPrefix("BODY ") {
      requests[last].body = String(field.dropFirst(5))
    } else if let colon = field.firstRange(of: ": ") {
      let name = field[..<colon.lowerBound].lowercased()
      if name != "host" { requests[last].headers[name] = String(field[colon.upperBound...]) }
    }
  }
}
