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
      // What cannot be read is not known to be clean; a file that is gone by now is.
      guard let content = FileManager.default.contents(atPath: path) else {
        return FileManager.default.fileExists(atPath: path)
      }
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

  /// Every process that has been started by `ancestor`, and that one itself; Linux only.
  static func processes(startedBy ancestor: Int32) -> [RunningProcess] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let all = names.compactMap(Int32.init)
    var family: Set = [ancestor]
    var size = 0
    while size < family.count {
      size = family.count
      family.formUnion(all.filter { RunningProcess.parent(of: $0).map(family.contains) ?? false })
    }
    return family.sorted().map(RunningProcess.init)
  }
}

/// A process as `/proc` shows it.
struct RunningProcess {
  let id: Int32
  let commandLine: String
  /// Empty where the kernel shows it to root only, because the process forbids to be looked into.
  let environment: String

  init(_ id: Int32) {
    self.id = id
    commandLine = Self.text(of: id, "cmdline")
    environment = Self.text(of: id, "environ")
  }

  /// The process that started another; nil if that has ended.
  static func parent(of id: Int32) -> Int32? {
    // The name before it may have spaces and parentheses.
    let fields = text(of: id, "stat").split(separator: ")").last?.split(separator: " ")
    return fields.flatMap { $0.count > 1 ? Int32($0[1]) : nil }
  }

  private static func text(of id: Int32, _ file: String) -> String {
    String(
      decoding: FileManager.default.contents(atPath: "/proc/\(id)/\(file)") ?? Data(),
      as: UTF8.self
    )
  }
}
