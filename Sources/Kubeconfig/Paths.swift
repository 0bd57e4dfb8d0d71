// SPDX-License-Identifier: Apache-2.0

/// Paths as client-go resolves them, by text alone.
enum Paths {
  /// A command with a `/` in it counts from its kubeconfig's folder; a bare name is left for PATH.
  static func resolve(_ command: String, besideFile file: String) -> String {
    guard command.contains("/"), !command.hasPrefix("/") else { return command }
    guard let slash = file.lastIndex(of: "/") else { return clean("./" + command) }
    return clean(file[...slash] + command)
  }

  /// Removes `.`, `..` and doubled slashes, and keeps a `/` in the result so that it never means a PATH lookup.
  private static func clean(_ path: String) -> String {
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    let joined = parts.joined(separator: "/")
    if isAbsolute { return "/" + joined }
    return joined.contains("/") ? joined : "./" + joined
  }
}
