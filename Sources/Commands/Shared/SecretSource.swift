// SPDX-License-Identifier: Apache-2.0

import Host
import OAuth

/// Where a secret comes from that options name; never the command line itself.
enum SecretSource: Sendable, Equatable {
  /// The one line of a file.
  case file(String, option: String)
  /// An environment variable.
  case variable(String, option: String)

  /// The source that one of two options names; nil if neither does.
  init?(file: (path: String?, option: String), variable: (name: String?, option: String)) {
    if let path = file.path {
      self = .file(path, option: file.option)
    } else if let name = variable.name {
      self = .variable(name, option: variable.option)
    } else {
      return nil
    }
  }

  /// How a message names it.
  var words: String {
    switch self {
    case .file(let path, _): "the file \(path)"
    case .variable(let name, _): "the variable \(name)"
    }
  }

  /// The secret; throws a configuration failure if it is missing, empty or not one line.
  func read(_ environment: [String: String]) throws(Failure) -> Secret {
    switch self {
    case .file(let path, let option):
      return Secret(try OptionFile(path: path, option: option).line())
    case .variable(let name, let option):
      guard let value = environment[name], !value.isEmpty else {
        throw Failure(
          exitCode: ExitCodes.configuration,
          "\(option) names \(name), which is not set",
          remedy: "set the variable, or use the option that names a file"
        )
      }
      return Secret(value)
    }
  }
}

/// A small file that an option names.
struct OptionFile {
  let path: String
  let option: String

  /// Far above any certificate bundle or key.
  private static let limit = 1 << 18

  /// The content; throws a configuration failure if it is missing, empty, too large or no regular file.
  func bytes() throws(Failure) -> [UInt8] {
    do {
      if let bytes = try Files.readBounded(path, limit: Self.limit), !bytes.isEmpty { return bytes }
    } catch {
      throw Failure(
        exitCode: ExitCodes.configuration,
        "\(option) cannot be read: \(path)",
        remedy: error.remedy ?? "check the path and its mode",
        cause: error
      )
    }
    throw Failure(
      exitCode: ExitCodes.configuration,
      "\(option) is missing or empty: \(path)",
      remedy: "check the path"
    )
  }

  /// The one line of the file, without its end.
  func line() throws(Failure) -> String {
    var text = String(decoding: try bytes(), as: UTF8.self)
    while text.last?.isNewline == true { text.removeLast() }
    guard !text.isEmpty, !text.contains(where: \.isNewline) else {
      throw Failure(
        exitCode: ExitCodes.configuration,
        "\(option) does not hold one line: \(path)",
        remedy: "put the secret alone into the file"
      )
    }
    return text
  }
}
