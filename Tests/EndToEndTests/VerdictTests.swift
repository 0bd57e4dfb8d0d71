// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tokens that fail their verdict at a renewal: nothing is printed, and nothing is lost.
@Suite struct VerdictTests {
  static let broken = [
    "clock:seconds=600", "clock:seconds=-1000", "wrong-signature", "wrong-issuer",
    "wrong-audience", "wrong-subject", "wrong-at-hash", "alg-none",
  ]

  @Test(arguments: broken)
  func `a bad token is withheld, and its refresh token kept`(fault: String) async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      let separator = fault.contains(":") ? "," : ":"
      desk.lab.faults.set(try Fault(parsing: "\(fault)\(separator)grant=refresh_token"))
      let failed = try await desk.lanyard(desk.getToken)
      #expect(failed.status == 4, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(failed.errors.contains("the issuer's ID token was not accepted"))
      let works = try await desk.asksUntilItWorks(tolerating: [4])
      #expect(works.status == 0, "\(works.errors)")
      #expect(try works.token != expired)
      #expect(desk.lab.count(.refresh) == 2, "the successor was kept before it was judged")
      #expect(desk.lab.replays == 0)
      #expect(desk.lab.logins == 1)
    }
  }

  @Test func `a renewal without ID token is tried once more with the scopes`() async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      desk.lab.faults.set(try Fault("no-id-token", grant: "refresh_token"))
      let result = try await desk.lanyard(desk.getToken)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.token != expired)
      #expect(desk.lab.count(.refresh) == 2)
      #expect(desk.lab.replays == 0)
    }
  }

  @Test func `an issuer that never renews with an ID token is not renewable`() async throws {
    try await Desk.with { desk in
      try await desk.logInAndExpire()
      desk.lab.faults.set(try Fault("no-id-token", grant: "refresh_token", times: nil))
      let failed = try await desk.lanyard(desk.getToken)
      #expect(failed.status == 3, "\(failed.errors)")
      #expect(failed.output.isEmpty)
      #expect(failed.errors.contains("renews without an ID token"))
      #expect(desk.lab.replays == 0)
    }
  }

  @Test func `new signing keys are fetched when a token names one`() async throws {
    try await Desk.with { desk in
      let expired = try await desk.logInAndExpire()
      try await desk.lab.rotateKeys(keepingOld: false)
      let result = try await desk.lanyard(desk.getToken)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.token != expired)
    }
  }

  @Test(arguments: ["wrong-nonce", "wrong-signature", "alg-none", "wrong-audience"])
  func `a bad token at a login is exit 4 and makes no session`(fault: String) async throws {
    try await Desk.with { desk in
      desk.lab.faults.set(try Fault(fault, grant: "authorization_code"))
      let result = try await desk.logIn()
      #expect(result.status == 4, "\(result.errors)")
      #expect(result.output.isEmpty)
      #expect(try await desk.lanyard(desk.getToken).status == 3)
    }
  }
}
