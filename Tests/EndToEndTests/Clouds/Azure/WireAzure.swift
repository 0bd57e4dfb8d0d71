// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// What MSAL for Python sent, as it was recorded against a stand-in: `Clouds/Wire/azure.txt`, read as it is.
struct WireAzure: Sendable {
  /// One recorded request.
  struct Request: Sendable {
    /// Its block's title, and its place among the requests of that block.
    let name: String
    let method: String
    let url: String
    var query: [String: String] = [:]
    var form: [String: String] = [:]
    /// The values of headers that were recorded with them.
    var headers: [String: String] = [:]
    /// The lower-case names of all headers that were recorded.
    var headerNames: Set<String> = []

    /// The path, without host and query.
    var path: String {
      guard let scheme = url.firstRange(of: "://") else { return url }
      let path = url[scheme.upperBound...].drop { $0 != "/" }
      return String(path.prefix { $0 != "?" })
    }
  }

  let requests: [Request]

  static func read() throws -> WireAzure {
    let path = "\(Programs.repository)/Tests/EndToEndTests/Clouds/Wire/azure.txt"
    return WireAzure(parsing: try PrivateFile.read(path))
  }

  /// Reads the recording: blocks begin with `--- TITLE`, requests with their method, and `data` and `hdr` belong to the
  /// request above them.
  init(parsing text: String) {
    var requests: [Request] = []
    var block = "start"
    var count = 0
    func add(_ method: Substring, _ url: Substring) {
      count += 1
      requests.append(Request(name: "\(block) \(count)", method: String(method), url: String(url)))
    }
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2)
      if line.hasPrefix("--- ") {
        block = String(line.dropFirst("--- ".count))
        count = 0
        // The address of the browser is in the title of its block.
        if block.hasPrefix("auth https://") {
          let url = line.dropFirst("--- auth ".count)
          block = "auth"
          add("GET", url)
          requests[requests.count - 1].query = Self.query(url)
        }
      } else if line.hasPrefix("GET ") || line.hasPrefix("POST ") {
        add(words[0], words[1])
        let literals = Self.literals(line)
        if line.hasPrefix("GET "), literals.count == 2 {
          requests[requests.count - 1].query = literals[0]
          requests[requests.count - 1].headers = literals[1]
          requests[requests.count - 1].headerNames = Set(literals[1].keys.map { $0.lowercased() })
        }
      } else if line.hasPrefix("   data ") {
        requests[requests.count - 1].form = Self.literals(line).first ?? [:]
      } else if line.hasPrefix("   hdr ") {
        let values = Self.literals(line).first ?? [:]
        let names = values.keys.map { $0.lowercased() } + Self.names(line)
        requests[requests.count - 1].headers = values
        requests[requests.count - 1].headerNames = Set(names)
      }
    }
    self.requests = requests
  }

  /// The request of that name.
  func request(_ name: String) throws -> Request {
    try #require(requests.first { $0.name == name }, "\(requests.map(\.name))")
  }

  // MARK: Python's literals

  /// Every `{…}` of a line that is a dictionary of texts and numbers.
  private static func literals(_ line: Substring) -> [[String: String]] {
    var found: [[String: String]] = []
    var rest = line
    while let begin = rest.firstIndex(of: "{") {
      rest = rest[rest.index(after: begin)...]
      var values: [String: String] = [:]
      while let key = text(&rest) {
        rest = rest.drop { $0 == ":" || $0 == " " }
        if let value = text(&rest) {
          values[key] = value
        } else {
          values[key] = String(rest.prefix { $0.isNumber })
          rest = rest.drop { $0.isNumber }
        }
        rest = rest.drop { $0 == "," || $0 == " " }
      }
      found.append(values)
      rest = rest.drop { $0 == "}" }
    }
    return found
  }

  /// A text in quotes at the beginning, which is taken off; there are no escapes in the recording.
  private static func text(_ rest: inout Substring) -> String? {
    guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
    rest.removeFirst()
    guard let end = rest.firstIndex(of: quote) else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[..<end])
  }

  /// The list of names behind the dictionary of headers.
  private static func names(_ line: Substring) -> [String] {
    guard let begin = line.lastIndex(of: "["), let end = line.lastIndex(of: "]") else { return [] }
    return line[line.index(after: begin)..<end].split(separator: ",").map {
      $0.filter { $0 != "'" && $0 != " " }
    }
  }

  private static func query(_ url: Substring) -> [String: String] {
    let text = url.split(separator: "?", maxSplits: 1).last ?? ""
    let fields = FormFields(decoding: text)
    let names = text.split(separator: "&").compactMap { $0.split(separator: "=").first }
    return Dictionary(names.map { (String($0), fields[String($0)] ?? "") }) { first, _ in first }
  }
}
