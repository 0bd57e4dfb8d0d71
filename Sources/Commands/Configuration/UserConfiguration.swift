// SPDX-License-Identifier: Apache-2.0

package import Clouds
import Host
import Kubeconfig

/// The user's own configuration file: whatever a kubeconfig may not do, it may allow.
///
/// It lies in the home folder that the user database names, because a kubeconfig's `exec.env` can set `HOME` and
/// `XDG_CONFIG_HOME`, and only this user and root may be able to write it.
package struct UserConfiguration: Sendable, Equatable {
  /// What is allowed.
  package var allowed: Set<CloudPermission> = []
  /// Files of certificate authorities that requests to clouds trust beside the system's, absolute.
  package var authorities: [String] = []
  /// Where named secrets come from.
  package var secrets: [String: SecretPlace] = [:]

  /// Where a named secret comes from.
  package enum SecretPlace: Sendable, Equatable {
    /// A file.
    case file(String)
    /// An environment variable.
    case variable(String)
    /// What a command prints.
    case command(SecretCommand)
  }

  /// A command that prints a secret.
  package struct SecretCommand: Sendable, Equatable {
    /// The program and its arguments.
    package var words: [String]
    /// Variables that it gets.
    package var environment: [String: String] = [:]
    /// Variables of the process that it gets, although a kubeconfig may set them.
    package var passed: [String] = []

    /// A command without variables of its own.
    package init(_ words: [String]) { self.words = words }
  }

  /// The most bytes that are read.
  private static let limit = 1 << 18

  /// A configuration that allows nothing and names no secrets.
  package init() {}

  /// The path in an account's home folder.
  package static func path(home: String) -> String { "\(home)/.config/lanyard/config.yaml" }

  /// The configuration of this account; an empty one if there is no file.
  ///
  /// Throws a configuration failure that names the line for whatever it does not know.
  package static func current() throws(Failure) -> UserConfiguration {
    guard let home = AccountHome.path() else { return UserConfiguration() }
    let path = path(home: home)
    let bytes: [UInt8]?
    do throws(HostError) {
      bytes = try OwnFile.read(path, limit: limit)
    } catch {
      throw Failure(error, exitCode: ExitCodes.configuration)
    }
    guard let bytes else { return UserConfiguration() }
    return try ConfigurationReader(file: path).read(bytes)
  }
}

extension UserConfiguration {
  /// The certificates of ``authorities``, in PEM; throws a configuration failure for a file that holds none.
  func authorityCertificates() throws(Failure) -> [UInt8] {
    var certificates: [UInt8] = []
    for path in authorities {
      let bytes = try OptionFile(path: path, option: "authorities in config.yaml").bytes()
      guard CertificateBundle.isReadable(bytes) else {
        throw Failure(
          exitCode: ExitCodes.configuration,
          "authorities in config.yaml names a file that holds no certificates in PEM: \(path)",
          remedy: "name a file with -----BEGIN CERTIFICATE----- in it"
        )
      }
      // The line end, because a file may lack its last one.
      certificates += bytes + [0x0a]
    }
    return certificates
  }
}

/// Reads a configuration file, and says which line is wrong.
package struct ConfigurationReader {
  let file: String

  /// A reader; `file` is for messages.
  package init(file: String) { self.file = file }

  /// The configuration; throws a configuration failure for whatever is not known.
  package func read(_ bytes: [UInt8]) throws(Failure) -> UserConfiguration {
    let tree: SettingsTree
    do throws(KubeconfigError) {
      tree = try SettingsTree.read(bytes, file: file)
    } catch {
      throw Failure(error)
    }
    var configuration = UserConfiguration()
    for entry in try entries(tree, named: "the file", line: 1) {
      switch entry.name {
      case "allow": configuration.allowed = try allowed(entry)
      case "authorities": configuration.authorities = try paths(entry)
      case "secrets":
        for secret in try entries(entry.value, named: "secrets", line: entry.line) {
          configuration.secrets[secret.name] = try place(secret)
        }
      default:
        throw wrong(
          entry.line,
          "\(entry.name) is not known; it knows allow, authorities and secrets"
        )
      }
    }
    return configuration
  }

  private func allowed(_ entry: SettingsTree.Entry) throws(Failure) -> Set<CloudPermission> {
    var allowed: Set<CloudPermission> = []
    for word in try words(entry) {
      guard let permission = CloudPermission(rawValue: word) else {
        let known = CloudPermission.allCases.map(\.rawValue).joined(separator: ", ")
        throw wrong(entry.line, "\(word) cannot be allowed; what can: \(known)")
      }
      allowed.insert(permission)
    }
    return allowed
  }

  private func place(_ secret: SettingsTree.Entry) throws(Failure) -> UserConfiguration.SecretPlace
  {
    let all = try entries(secret.value, named: secret.name, line: secret.line)
    let ways = all.filter { !["environment", "pass"].contains($0.name) }
    guard ways.count == 1, let way = ways.first else {
      throw wrong(secret.line, "\(secret.name) needs one of file, env and command")
    }
    if way.name != "command", let extra = all.first(where: { $0.name != way.name }) {
      throw wrong(extra.line, "\(extra.name) goes with command")
    }
    switch (way.name, way.value) {
    case ("file", .text(let path)) where path.hasPrefix("/"): return .file(path)
    case ("file", _): throw wrong(way.line, "file needs an absolute path")
    case ("env", .text(let name)) where !name.isEmpty: return .variable(name)
    case ("env", _): throw wrong(way.line, "env needs the name of a variable")
    case ("command", .list):
      return .command(try command(way, all))
    case ("command", _):
      throw wrong(way.line, "command needs a list: [program, argument, …]; no shell reads it")
    default: throw wrong(way.line, "\(way.name) is not known; it knows file, env and command")
    }
  }

  private func command(
    _ way: SettingsTree.Entry,
    _ all: [SettingsTree.Entry]
  ) throws(Failure) -> UserConfiguration.SecretCommand {
    var command = UserConfiguration.SecretCommand(try words(way))
    guard !command.words.isEmpty else { throw wrong(way.line, "command needs a program") }
    for entry in all {
      switch entry.name {
      case "environment":
        for variable in try entries(entry.value, named: entry.name, line: entry.line) {
          guard case .text(let value) = variable.value else {
            throw wrong(variable.line, "\(variable.name) must be a text; put it in quotes")
          }
          command.environment[variable.name] = value
        }
      case "pass": command.passed = try words(entry)
      default: continue
      }
    }
    return command
  }

  private func paths(_ entry: SettingsTree.Entry) throws(Failure) -> [String] {
    let paths = try words(entry)
    guard paths.allSatisfy({ $0.hasPrefix("/") }) else {
      throw wrong(entry.line, "\(entry.name) needs absolute paths")
    }
    return paths
  }

  private func entries(
    _ tree: SettingsTree,
    named name: String,
    line: Int
  ) throws(Failure) -> [SettingsTree.Entry] {
    switch tree {
    case .empty: return []
    case .map(let entries): return entries
    default: throw wrong(line, "\(name) must be a mapping")
    }
  }

  private func words(_ entry: SettingsTree.Entry) throws(Failure) -> [String] {
    if entry.value == .empty { return [] }
    guard case .list(let items) = entry.value else {
      throw wrong(entry.line, "\(entry.name) must be a list")
    }
    var words: [String] = []
    for item in items {
      guard case .text(let word) = item else {
        throw wrong(entry.line, "\(entry.name) must be a list of texts; put them in quotes")
      }
      words.append(word)
    }
    return words
  }

  private func wrong(_ line: Int, _ what: String) -> Failure {
    Failure(
      exitCode: ExitCodes.configuration,
      "\(file), line \(line): \(what)",
      remedy: "correct that line; docs/configuration.md has every setting"
    )
  }
}
