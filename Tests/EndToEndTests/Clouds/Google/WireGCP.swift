// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// One exchange of `Clouds/Wire/gcp.txt`: what gke-gcloud-auth-plugin or gcloud was seen to send, and what it printed.
struct WireGCP: Sendable {
  /// What was run, without its exit status and time.
  let name: String
  /// The requests, with the fields that the lab records too.
  var requests: [GoogleCloud.Recorded] = []
  /// What was printed, if that is JSON.
  var output = ""

  /// Everything that was recorded, in the file's order.
  static func all() throws -> [WireGCP] {
    let page = try PrivateFile.read(
      "\(Programs.repository)/Tests/EndToEndTests/Clouds/Wire/gcp.txt"
    )
    var blocks: [WireGCP] = []
    var isOutput = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("##### ") {
        let title = String(line.dropFirst("##### ".count))
        blocks.append(WireGCP(name: String(title.prefix(upTo: end(of: title)))))
        isOutput = false
      } else if !blocks.isEmpty {
        if line.hasPrefix("   OUT") { isOutput = true }
        if isOutput {
          blocks[blocks.count - 1].output += line.replacing("   OUT ", with: "") + "\n"
        } else {
          blocks[blocks.count - 1].read(line)
        }
      }
    }
    return blocks
  }

  /// An exchange by its name.
  static func named(_ name: String) throws -> WireGCP {
    try #require(try all().first { $0.name == name }, "\(name) is not recorded")
  }

  private static func end(of title: String) -> String.Index {
    title.firstRange(of: " rc ")?.lowerBound ?? title.endIndex
  }

  private mutating func read(_ line: Substring) {
    let text = line.drop { $0 == " " }
    switch line.count - text.count {
    case 3:
      requests.append(GoogleCloud.Recorded(line: String(text), headers: [:], body: ""))
    case 7 where text.hasPrefix("BODY "):
      change { ($0.line, $0.headers, String(text.dropFirst(5))) }
    case 7:
      guard let colon = text.firstRange(of: ": ") else { return }
      let name = text[..<colon.lowerBound].lowercased()
      guard !GoogleCloud.Recorded.unrecorded.contains(name) else { return }
      let value = String(text[colon.upperBound...])
      change { ($0.line, $0.headers.merging([name: value]) { $1 }, $0.body) }
    default: break
    }
  }

  private mutating func change(
    _ last: (GoogleCloud.Recorded) -> (String, [String: String], String)
  ) {
    guard let request = requests.popLast() else { return }
    let (line, headers, body) = last(request)
    requests.append(GoogleCloud.Recorded(line: line, headers: headers, body: body))
  }
}
