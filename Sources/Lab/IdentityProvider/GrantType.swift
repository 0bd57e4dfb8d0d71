// SPDX-License-Identifier: Apache-2.0

/// The grants that the token endpoint knows.
enum GrantType: String, CaseIterable, Sendable {
  case authorizationCode = "authorization_code"
  case refreshToken = "refresh_token"
  case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
  case clientCredentials = "client_credentials"
  case password
  case tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
  case jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

  /// The name in faults and in the log: the last part of a URN, with underscores.
  static func shortName(_ type: String?) -> String? {
    guard let type, let grant = GrantType(rawValue: type) else { return nil }
    let name = grant.rawValue.split(separator: ":").last ?? ""
    return String(name).replacing("-", with: "_")
  }
}
