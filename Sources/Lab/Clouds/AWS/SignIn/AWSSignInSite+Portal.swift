// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AWSSignInSite {
  // MARK: the portal of IAM Identity Center

  private static let bearerField = HTTPField.Name("x-amz-sso_bearer_token")

  /// The sign-in whose access token a request has.
  private func signIn(_ received: Received) -> Int? {
    guard let field = Self.bearerField, let token = received.headers[field] else { return nil }
    let now = clock.now
    return state.withLock { state in
      state.signIns.firstIndex {
        $0.access == token && $0.key == nil && !$0.hasEnded && $0.accessEnds > now
      }
    }
  }

  private static var stranger: Response {
    refusal(401, "UnauthorizedException", "unauthorized", "Session token not found or invalid")
  }

  func roleCredentials(_ received: Received, _ fields: FormFields) -> Response {
    guard signIn(received) != nil else { return Self.stranger }
    let role = "\(fields["account_id"] ?? "")/\(fields["role_name"] ?? "")"
    let (isKnown, lifetime, number) = state.withLock { state in
      state.issued += 1
      return (
        state.settings.roles.contains(role), state.settings.roleLifetime, state.issued
      )
    }
    guard isKnown else { return Self.refusal(403, "ForbiddenException", "forbidden", "No access") }
    let end = clock.now.addingTimeInterval(Double(lifetime)).timeIntervalSince1970
    let account = fields["account_id"] ?? ""
    var members = credentials(
      "ASIALAB\(account)N\(number)",
      of: "arn:aws:sts::\(account):assumed-role/AWSReservedSSO_\(fields["role_name"] ?? "")/me",
      lifetime: lifetime
    )
    members["expiration"] = .int(Int(end * 1000))
    return .json(["roleCredentials": .object(members)])
  }

  func logout(_ received: Received) -> Response {
    guard let place = signIn(received) else { return Self.stranger }
    state.withLock { $0.signIns[place].hasEnded = true }
    return .text("", type: "application/json")
  }
}
