// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// The addresses of the identity provider.
///
/// The raw value is the name in faults and in the log.
enum IssuerEndpoint: String, CaseIterable, Sendable {
  case discovery
  case keys
  case authorization
  case login
  case token
  case revocation
  case deviceAuthorization = "device_authorization"
  case device
  case userInfo = "userinfo"
  case endSession = "end_session"
  case pushedAuthorizationRequest = "par"

  /// The path below the issuer.
  var path: String {
    switch self {
    case .discovery: "/.well-known/openid-configuration"
    case .keys: "/keys"
    case .authorization: "/authorize"
    case .login: "/login"
    case .token: "/token"
    case .revocation: "/revoke"
    case .deviceAuthorization: "/device_authorization"
    case .device: "/device"
    case .userInfo: "/userinfo"
    case .endSession: "/logout"
    case .pushedAuthorizationRequest: "/par"
    }
  }

  /// The methods it answers; another one gets 405.
  var methods: [HTTPRequest.Method] {
    switch self {
    case .discovery, .keys: [.get]
    // OpenID Connect Core §3.1.2.1: an authorization endpoint takes both.
    case .authorization, .device, .userInfo, .endSession: [.get, .post]
    case .login, .token, .revocation, .deviceAuthorization, .pushedAuthorizationRequest: [.post]
    }
  }
}
