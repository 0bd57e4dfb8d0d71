// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A user's entry of docs/clouds.md that takes the place of one that gcloud writes.
struct GKEDocumentedEntry: Sendable, CustomTestStringConvertible {
  /// The lines below `user:`.
  let lines: [String]

  /// The arguments that it gives lanyard.
  var arguments: [String] {
    let start = lines.firstIndex { $0.hasSuffix("args:") } ?? lines.endIndex
    return lines[start...].dropFirst().map { $0.drop { $0 == " " } }.prefix { $0.hasPrefix("- ") }
      .map { String($0.dropFirst(2)) }
  }

  var testDescription: String { arguments.joined(separator: " ") }

  /// Every one of them, in the page's order.
  static let all = ((try? DocumentedEntry.all("GKE")) ?? []).map {
    GKEDocumentedEntry(lines: $0.lines)
  }

  /// A kubeconfig with a context of each name whose user is the entry, changed for each.
  static func kubeconfig(
    _ desk: GoogleDesk,
    _ contexts: [(name: String, entry: GKEDocumentedEntry, arguments: [String])]
  ) throws -> String {
    let cluster = """
      clusters:
      - cluster:
          certificate-authority-data: \(Data(desk.desk.lab.caPEM.utf8).base64EncodedString())
          server: \(desk.desk.lab.apiServerURL)
        name: gke_p_z_c
      """
    var text =
      "apiVersion: v1\nkind: Config\ncurrent-context: \(contexts[0].name)\n\(cluster)\ncontexts:\n"
    for context in contexts {
      text +=
        "- context: {cluster: gke_p_z_c, user: \(context.name)}\n  name: \(context.name)\n"
    }
    text += "users:\n"
    for context in contexts {
      text += "- name: \(context.name)\n  user:\n"
      for line in context.entry.lines {
        text += line.replacing("command: lanyard", with: "command: \(try Programs.lanyard)") + "\n"
        guard line.hasSuffix("- gke") else { continue }
        for word in context.arguments { text += "      - \(word)\n" }
      }
    }
    let path = "\(desk.desk.folder)/kubeconfig"
    try PrivateFile.write(text, to: path)
    return path
  }
}
