// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Host
import OAuth

/// Where a secret comes from that options name; never the command line itself.
enum SecretSource: Sendable, Equatable {
  /// A file.
  case file(String, option: String)
  /// An environment variable.
  case variable(String, option: String)
  /// A name in the user's own configuration, which says where it comes from.
  case configured(String, option: String)

  /// The source that one of these options names; nil if none does.
  init?(
    file: (path: String?, option: String),
    variable: (name: String?, option: String)? = nil,
    configured: (name: String?, option: String)
  ) {
    if let path = file.path {
      self = .file(path, option: file.option)
    } else if let variable, let name = variable.name {
      self = .variable(name, option: variable.option)
    } else if let name = configured.name {
      self = .configured(name, option: configured.option)
    } else {
      return nil
    }
  }

  /// Throws a usage error, which names those that are given, if more than one of these options is.
  static func checkOne(_ options: [(value: String?, name: String)]) throws {
    let given = options.compactMap { $0.value == nil ? nil : $0.name }
    guard given.count > 1 else { return }
    throw ValidationError("give only one of \(given.joined(separator: " and "))")
  }

  /// How a message names it.
  var words: String {
    switch self {
    case .file(let path, _): "the file \(path)"
    case .variable(let name, _): "the variable \(name)"
    case .configured(let name, _): "the secret \(name) of your configuration"
    }
  }
}

/// A small file that an option names.
struct OptionFile {
  let path: String
  let option: String

  /// Far above any certificate bundle or key.
  private static let limit = 1 << 20

  /// The content; throws a configuration failure if it is missing, empty, too large or no regular file.
  func bytes() throws(Failure) -> [UInt8] {
    do {
      if let bytes = try Files.readBounded(path, limit: Self.limit), !bytes.isEmpty { return bytes }
    } catch {
      throw Failure(
        exitCode: ExitCodes.configuration,
        "\(option) cannot be read: \(error.message)",
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
