// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Looks for a secret where it must not be: whole, its last part, or as base64.
struct Canary {
  private let needles: [[UInt8]]

  init(_ secret: String) {
    let tail = String(secret.suffix(24))
    needles = [Array(tail.utf8)] + (0..<3).map { Self.base64(secret, from: $0) }
  }

  /// The middle of the base64 form, which is the same whatever stands before and after it.
  private static func base64(_ secret: String, from start: Int) -> [UInt8] {
    let bytes = Array(secret.utf8.dropFirst(start))
    let whole = Data(bytes[..<(bytes.count / 3 * 3)]).base64EncodedString()
    return Array(whole.utf8.suffix(32))
  }

  /// Whether the bytes have the secret.
  func isIn(_ bytes: [UInt8]) -> Bool {
    needles.contains { needle in bytes.firstRange(of: needle) != nil }
  }

  /// Whether the text has the secret.
  func isIn(_ text: String) -> Bool { isIn(Array(text.utf8)) }

  /// The files below a folder that have the secret, whatever their mode.
  func files(below folder: String) -> [String] {
    Self.allFiles(below: folder).filter { path in
      guard let content = FileManager.default.contents(atPath: path) else { return false }
      return isIn(Array(content))
    }
  }

  /// All files below a folder.
  static func allFiles(below folder: String) -> [String] {
    var files: [String] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(name)"
      if (try? FileManager.default.contentsOfDirectory(atPath: path)) == nil {
        files.append(path)
      } else {
        files += allFiles(below: path)
      }
    }
    return files
  }

  /// Command line and environment of every process that has `word` in one of them; Linux only.
  static func processes(with word: String) -> [RunningProcess] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { name in
      guard let id = Int32(name) else { return nil }
      let found = ["cmdline", "environ"].map { file in
        String(
          decoding: FileManager.default.contents(atPath: "/proc/\(name)/\(file)") ?? Data(),
          as: UTF8.self
        )
      }
      guard found.contains(where: { $0.contains(word) }) else { return nil }
      return RunningProcess(id: id, commandLine: found[0], environment: found[1])
    }
  }
}

/// A process as `/proc` shows it.
struct RunningProcess {
  let id: Int32
  let commandLine: String
  let environment: String
}
