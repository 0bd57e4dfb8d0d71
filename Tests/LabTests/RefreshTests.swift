// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

@Suite struct RefreshTests {
  @Test func `each refresh gives another refresh token`() async throws {
    try await Visitor.with { visitor in
      var token = try await visitor.logIn().member("refresh_token")
      var seen: Set = [token]
      for _ in 1...3 {
        let answer = try await visitor.refresh(token)
        #expect(answer.status == 200)
        #expect(try answer.claims("id_token")["nonce"] == nil)
        token = try answer.member("refresh_token")
        #expect(seen.insert(token).inserted)
      }
      #expect(visitor.lab.log().filter { $0.kind == .refresh }.map(\.generation) == [2, 3, 4])
    }
  }

  @Test func `a replay ends the whole family`() async throws {
    try await Visitor.with { visitor in
      let first = try await visitor.logIn().member("refresh_token")
      let second = try await visitor.refresh(first).member("refresh_token")
      let replay = try await visitor.refresh(first)
      #expect(replay.status == 400)
      #expect(try replay.member("error") == "invalid_grant")
      #expect(try await visitor.refresh(second).status == 400)
      #expect(
        visitor.story == [.login, .codeGrant, .refresh, .replay, .familyRevoked, .denied, .denied]
      )
    }
  }

  @Test func `within the grace the predecessor gets the successor again`() async throws {
    try await Visitor.with({ $0.reuseGrace = 30 }) { visitor in
      let first = try await visitor.logIn().member("refresh_token")
      let second = try await visitor.refresh(first).member("refresh_token")
      let again = try await visitor.refresh(first)
      #expect(again.status == 200)
      #expect(try again.member("refresh_token") == second)
      let third = try await visitor.refresh(second).member("refresh_token")
      // The grandparent has no grace.
      #expect(try await visitor.refresh(first).status == 400)
      #expect(try await visitor.refresh(third).status == 400)
    }
  }

  @Test func `after the grace a replay ends the family`() async throws {
    try await Visitor.with({ $0.reuseGrace = 30 }) { visitor in
      let first = try await visitor.logIn().member("refresh_token")
      _ = try await visitor.refresh(first)
      visitor.lab.clock.advance(by: 31)
      #expect(try await visitor.refresh(first).status == 400)
      #expect(visitor.lab.count(.familyRevoked) == 1)
    }
  }

  @Test func `a refresh token expires after its lifetime`() async throws {
    try await Visitor.with({ $0.refreshLifetime = 100 }) { visitor in
      let first = try await visitor.logIn().member("refresh_token")
      visitor.lab.clock.advance(by: 70)
      let second = try await visitor.refresh(first).member("refresh_token")
      visitor.lab.clock.advance(by: 101)
      #expect(try await visitor.refresh(second).member("error") == "invalid_grant")
      #expect(visitor.lab.log().last { $0.kind == .denied }?.reason == "refresh token expired")
    }
  }

  @Test func `without rotation the same refresh token goes on working`() async throws {
    try await Visitor.with({ $0.rotation = false }) { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      for _ in 1...2 {
        #expect(try await visitor.refresh(token).member("refresh_token") == token)
      }
    }
  }

  @Test func `revocation ends the login and says nothing about strange tokens`() async throws {
    try await Visitor.with { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      for revoked in ["nonsense", token] {
        let answer = try await visitor.web.send(
          "\(visitor.lab.issuer)/revoke",
          form: FormFields([("token", revoked), ("client_id", "lanyard")])
        )
        #expect(answer.status == 200)
      }
      #expect(try await visitor.refresh(token).status == 400)
      #expect(visitor.lab.count(.familyRevoked) == 1)
    }
  }

  @Test func `fewer scopes are given for once, more are not`() async throws {
    try await Visitor.with { visitor in
      func refresh(_ token: String, _ scope: String) async throws -> WebClient.Answer {
        try await visitor.token([
          ("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "lanyard"),
          ("scope", scope),
        ])
      }
      let first = try await visitor.logIn().member("refresh_token")
      let more = try await refresh(first, "openid email")
      #expect(more.status == 400)
      #expect(try more.member("error") == "invalid_scope")
      let fewer = try await refresh(first, "openid")
      #expect(try fewer.member("scope") == "openid")
      #expect(try fewer.claims("access_token")["scope"]?.string == "openid")
      let all = try await visitor.refresh(try fewer.member("refresh_token"))
      #expect(try all.member("scope") == "openid offline_access groups")
      let odd = try await refresh(try all.member("refresh_token"), "groups made-up")
      #expect(try odd.member("scope") == "groups")
      #expect(try odd.json()["id_token"] == nil)
    }
  }

  @Test func `another client can neither use a refresh token nor revoke it`() async throws {
    try await Visitor.with({ $0.clients.append(LabClient("other")) }) { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      let refused = try await visitor.token([
        ("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "other"),
      ])
      #expect(try refused.member("error") == "invalid_grant")
      let reason = visitor.lab.log().last { $0.kind == .denied }?.reason
      #expect(reason == "refresh token of another client")
      let revoked = try await visitor.web.send(
        "\(visitor.lab.issuer)/revoke",
        form: FormFields([("token", token), ("client_id", "other")])
      )
      #expect(revoked.status == 200)
      #expect(visitor.lab.count(.revocation) == 1)
      #expect(visitor.lab.count(.familyRevoked) == 0)
      #expect(try await visitor.refresh(token).status == 200)
    }
  }

  @Test(arguments: [0, 300])
  func `of twenty at once only one is the first`(grace: Int) async throws {
    try await Visitor.with({ $0.reuseGrace = grace }) { visitor in
      let token = try await visitor.logIn().member("refresh_token")
      let answers = try await withThrowingTaskGroup(of: WebClient.Answer.self) { group in
        for _ in 1...20 { group.addTask { try await visitor.refresh(token) } }
        return try await group.reduce(into: [WebClient.Answer]()) { $0.append($1) }
      }
      let good = answers.filter { $0.status == 200 }
      #expect(good.count == (grace == 0 ? 1 : 20))
      #expect(Set(try good.map { try $0.member("refresh_token") }).count == 1)
      #expect(visitor.lab.count(.refresh) == 1)
      #expect(visitor.lab.count(.replayInGrace) == (grace == 0 ? 0 : 19))
      #expect(visitor.lab.count(.replay) == (grace == 0 ? 1 : 0))
      #expect(visitor.lab.count(.familyRevoked) == (grace == 0 ? 1 : 0))
    }
  }

  @Test(
    arguments: [
      ([("client_id", "lanyard-confidential")], [], 401),
      (
        [("client_id", "lanyard-confidential"), ("client_secret", "lanyard-confidential-secret")],
        [], 400
      ),
      ([], ["Basic bGFueWFyZC1jb25maWRlbnRpYWw6bGFueWFyZC1jb25maWRlbnRpYWwtc2VjcmV0"], 400),
      ([], ["Basic bGFueWFyZC1jb25maWRlbnRpYWw6d3Jvbmc="], 401),
      ([("client_id", "lanyard"), ("client_secret", "made up")], [], 401),
      ([("client_id", "nobody")], [], 401),
    ] as [([(String, String)], [String], Int)]
  )
  func `clients prove who they are, by header or by form`(
    form: [(String, String)],
    authorization: [String],
    status: Int
  ) async throws {
    // 400: the client is known, the refresh token is not.
    try await Visitor.with { visitor in
      let answer = try await visitor.token(
        [("grant_type", "refresh_token"), ("refresh_token", "unknown")] + form,
        headers: authorization.map { (name: "authorization", value: $0) }
      )
      #expect(answer.status == status)
      #expect(try answer.member("error") == (status == 401 ? "invalid_client" : "invalid_grant"))
    }
  }
}
