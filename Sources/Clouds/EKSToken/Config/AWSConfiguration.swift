// SPDX-License-Identifier: Apache-2.0

/// What `~/.aws/config` and `~/.aws/credentials` say together.
///
/// Source: botocore 1.43, `configloader.py` and `session.py` (`full_config`).
package struct AWSConfiguration: Sendable {
  /// Which of the two files.
  package enum File: String, Sendable {
    /// `~/.aws/config`: `[default]`, `[profile X]`, `[sso-session X]`, `[services X]`.
    case config
    /// `~/.aws/credentials`: `[X]`.
    case credentials
  }

  /// Profiles as the config file has them.
  package let inConfig: [String: AWSProfile]
  /// Profiles as the credentials file has them.
  package let inCredentials: [String: AWSProfile]
  /// Sections `[sso-session X]`, by X.
  package let ssoSessions: [String: AWSProfile]
  /// Sections `[services X]`, by X.
  package let services: [String: AWSProfile]

  /// Puts the two files together; nil stands for a file that is not there.
  package init(config: INIText?, credentials: INIText?) {
    var profiles: [String: AWSProfile] = [:]
    var sessions: [String: AWSProfile] = [:]
    var services: [String: AWSProfile] = [:]
    var plainDefault: AWSProfile?
    for section in config?.sections ?? [] {
      if section.name == "default" {
        plainDefault = AWSProfile(name: "default", section)
      } else if let name = Self.name(after: "profile", section.name) {
        profiles[name] = AWSProfile(name: name, section)
      } else if let name = Self.name(after: "sso-session", section.name) {
        sessions[name] = AWSProfile(name: name, section)
      } else if let name = Self.name(after: "services", section.name) {
        services[name] = AWSProfile(name: name, section)
      }
    }
    // `[profile default]` takes the place of `[default]` (AWS SDKs reference guide).
    if profiles["default"] == nil { profiles["default"] = plainDefault }
    self.inConfig = profiles
    self.ssoSessions = sessions
    self.services = services
    let inCredentials = (credentials?.sections ?? []).map {
      ($0.name, AWSProfile(name: $0.name, $0))
    }
    self.inCredentials = Dictionary(inCredentials) { $1 }
  }

  /// A profile with what the credentials file says laid over the config file; nil if neither has it.
  package func profile(_ name: String) -> AWSProfile? {
    guard let own = inConfig[name] else { return inCredentials[name] }
    return inCredentials[name].map(own.overlaid(with:)) ?? own
  }

  /// The X of `[word X]`, where X may be quoted.
  private static func name(after word: String, _ section: String) -> String? {
    guard section.hasPrefix(word), let words = ShellWords.split(section), words.count == 2,
      words[0] == word
    else { return nil }
    return words[1]
  }
}
