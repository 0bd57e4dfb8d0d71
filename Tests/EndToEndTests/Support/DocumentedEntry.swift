// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// A user entry of a kubeconfig that docs/clouds.md shows, with lanyard as its command.
///
/// Tests run the entries themselves, so that the page cannot show one that does not work.
struct DocumentedEntry: Sendable {
  /// What stands behind `- name:`.
  let name: String
  /// The lines below `user:`, as they stand there.
  let lines: [String]

  /// The entries of a section (`EKS`, `GKE`, `AKS`), in their order.
  static func all(_ section: String) throws -> [DocumentedEntry] {
    let page = try PrivateFile.read("\(Programs.repository)/docs/clouds.md")
    let start = try #require(
      page.firstRange(of: "\n## \(section)\n"),
      "there is no section \(section)"
    )
    let rest = page[start.upperBound...]
    let end = rest.firstRange(of: "\n## ")?.lowerBound ?? rest.endIndex
    var entries: [DocumentedEntry] = []
    var isYAML = false
    var isEntry = false
    for line in rest[..<end].split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isYAML = line == "```yaml"
        isEntry = false
      } else if isYAML, line.hasPrefix("- name: ") {
        isEntry = true
        entries.append(
          DocumentedEntry(name: String(line.dropFirst(8).prefix { $0 != " " }), lines: [])
        )
      } else if isEntry, line.hasPrefix("    "), let last = entries.popLast() {
        entries.append(DocumentedEntry(name: last.name, lines: last.lines + [String(line)]))
      }
    }
    return entries.filter(\.isOurs)
  }

  /// The entry of a name.
  static func named(_ name: String, in section: String) throws -> DocumentedEntry {
    try #require(try all(section).first { $0.name == name }, "\(section) shows no entry \(name)")
  }

  private var isOurs: Bool {
    lines.contains { line in
      let words = line.split(separator: " ")
      return words.starts(with: ["command:", "lanyard"])
    }
  }

  /// The entry as the user of the lab's kubeconfig, with the built program as its command.
  ///
  /// `changing` puts the lab's names in place of the page's.
  func kubeconfig(_ lab: RunningLab, changing: (String) -> String) throws -> String {
    let user = lines.joined(separator: "\n")
      .replacing("command: lanyard", with: "command: \(try Programs.lanyard)")
    let plain = LabKubeconfig(lab, user: .token("none")).text
    let place = "    token: \"none\""
    try #require(plain.contains(place))
    return plain.replacing(place, with: changing(user))
  }
}
