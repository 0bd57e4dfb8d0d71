// SPDX-License-Identifier: Apache-2.0

/// The grants that the token endpoint knows.
enum GrantType: String, CaseIterable, Sendable {
  case authorizationCode = "authorization_code"
  case refreshToken = "refresh_token"
  case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"

  /// The name in faults and in the log: the last part of a URN.
  static func shortName(_ type: String?) -> String? {
    guard let type, let grant = GrantType(rawValue: type) else { return nil }
    return grant == .deviceCode ? "device_code" : grant.rawValue
  }
}
