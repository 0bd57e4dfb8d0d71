// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// gcloud's settings as it would find them here: a variable before the active configuration's file
/// (cloud.google.com/sdk/docs/properties).
struct GcloudProperties: Sendable, Equatable {
  /// Bytes of one of its files; real ones have some 100.
  private static let limit = 64 * 1024

  /// A setting, by section and name as in the file.
  struct Name: Sendable, Hashable {
    let section: String
    let name: String

    /// `CLOUDSDK_CORE_ACCOUNT` for `[core] account`.
    var variable: String { "CLOUDSDK_\(section)_\(name)".uppercased() }

    static let account = Name(section: "core", name: "account")
    static let universe = Name(section: "core", name: "universe_domain")
    static let impersonation = Name(section: "auth", name: "impersonate_service_account")
    static let tokenFile = Name(section: "auth", name: "access_token_file")
    static let credentialFile = Name(section: "auth", name: "credential_file_override")
    static let tokenHost = Name(section: "auth", name: "token_host")
    static let selfSigned = Name(section: "auth", name: "service_account_use_self_signed_jwt")
    static let credentialsEndpoint = Name(
      section: "api_endpoint_overrides",
      name: "iamcredentials"
    )
  }

  private let environment: [String: String]
  private let file: [String: [String: String]]
  /// The files that they were read from, whether or not these exist.
  let files: [String]
  /// Whether the name of the active configuration seems to be written just now.
  private(set) var isTorn = false

  /// Settings at hand, for tests.
  init(environment: [String: String], file: [String: [String: String]], files: [String] = []) {
    self.environment = environment
    self.file = file
    self.files = files
  }

  /// Those that can be read; the variables alone where the files are not in order.
  static func whatever(_ effects: CloudEffects) -> GcloudProperties {
    do throws(CloudError) {
      return try GcloudProperties(GcloudFolder(effects), effects)
    } catch {
      effects.trace("gcloud's configuration is left alone: \(error.what)")
      return GcloudProperties(environment: effects.environment, file: [:])
    }
  }

  /// Reads the active configuration; throws `.configuration` for a file that is not text, or a name that is none.
  init(_ folder: GcloudFolder, _ effects: CloudEffects) throws(CloudError) {
    environment = effects.environment
    guard let path = folder.path else {
      file = [:]
      files = []
      return
    }
    let (name, pointers, isTorn) = try Self.activeName(path, effects)
    self.isTorn = isTorn
    // This name stands for no configuration at all.
    guard name != "NONE" else {
      file = [:]
      files = pointers
      return
    }
    guard Self.isConfigurationName(name) else {
      throw CloudError(
        .configuration,
        "\"\(Text.line(name, limit: 60))\" cannot be a configuration of gcloud",
        remedy: "choose one: gcloud config configurations list"
      )
    }
    let configuration = "\(path)/configurations/config_\(name)"
    files = pointers + [configuration]
    file = Self.parse(try Self.text(configuration, effects) ?? "")
  }

  /// The value of a setting; nil if it is not set, or set to nothing.
  subscript(name: Name) -> String? {
    let value = environment[name.variable] ?? file[name.section]?[name.name]
    return value.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The value of a switch, in the words that gcloud takes.
  func isOn(_ name: Name) -> Bool {
    ["true", "1", "on", "yes", "y"].contains(self[name]?.lowercased())
  }

  private static func activeName(_ path: String, _ effects: CloudEffects) throws(CloudError)
    -> (name: String, files: [String], isTorn: Bool)
  {
    if let name = effects.environment["CLOUDSDK_ACTIVE_CONFIG_NAME"] { return (name, [], false) }
    let pointer = "\(path)/active_config"
    guard let text = try text(pointer, effects) else { return ("default", [pointer], false) }
    let name = text.filter { !$0.isWhitespace }
    return (name.isEmpty ? "default" : name, [pointer], name.isEmpty)
  }

  private static func text(_ path: String, _ effects: CloudEffects) throws(CloudError) -> String? {
    guard let bytes = try effects.readFile(path, limit) else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CloudError(
        .configuration,
        "\(Text.line(path)) is no text",
        remedy: "look into it: gcloud config configurations list"
      )
    }
    return text
  }

  /// As gcloud demands it, so that a name is no path.
  static func isConfigurationName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (0x61...0x7A).contains(first) else { return false }
    return name.utf8.count <= 100
      && name.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
      }
  }

  /// The sections of a file as Python's configparser writes and reads them: `[section]`, `name = value`; names ignore
  /// case, the last of equals counts, and what is none of these is skipped.
  static func parse(_ text: String) -> [String: [String: String]] {
    var result: [String: [String: String]] = [:]
    var section: String?
    for line in text.split(whereSeparator: \.isNewline) {
      let line = trim(line)
      if line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
        section = String(line[line.index(after: line.startIndex)..<end])
        continue
      }
      guard let section, let end = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
        continue
      }
      let name = trim(line[..<end]).lowercased()
      result[section, default: [:]][name] = String(trim(line[line.index(after: end)...]))
    }
    return result
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
