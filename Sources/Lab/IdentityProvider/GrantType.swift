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
  var shortName: String {
    String(rawValue.split(separator: ":").last ?? "").replacing("-", with: "_")
  }

  /// The short name of what a request calls its grant; nil if it is none.
  static func shortName(_ type: String?) -> String? {
    type.flatMap(GrantType.init(rawValue:))?.shortName
  }
}
