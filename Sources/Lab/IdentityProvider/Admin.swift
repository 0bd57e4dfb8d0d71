// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

/// What the admin API needs besides the provider itself.
struct AdminAccess: Sendable {
  /// The bearer secret of this run.
  let secret: String
  /// Begins the graceful end of the lab.
  let shutDown: @Sendable () async -> Void
}

extension IdentityProvider {
  /// Everything below `/admin/`; never counts as a request in the log.
  func respondToAdmin(_ request: Request) async -> Response {
    let given = request.headers[.authorization] ?? ""
    guard Randomness.sha256(given) == Randomness.sha256("Bearer \(admin.secret)") else {
      return .json(["error": "the admin secret is missing or wrong"], status: .unauthorized)
    }
    var request = request
    let text = await request.bodyText(limit: 1_000_000) ?? ""
    do {
      let body: JSONValue = text.isEmpty ? [:] : try JSONValue.parse(text)
      return .json(try await administer(request, body))
    } catch let error as LabError {
      return .json(["error": .string(error.description)], status: .badRequest)
    } catch {
      return .json(["error": "the body is not JSON"], status: .badRequest)
    }
  }

  private func administer(_ request: Request, _ body: JSONValue) async throws -> JSONValue {
    switch (request.method, request.uri.path) {
    case (.get, "/admin/log"):
      let after = request.queryFields["after"].flatMap { Int($0) } ?? 0
      return ["events": .array(try log.events(after: after).map { try JSONValue.parse($0.line) })]
    case (.get, "/admin/counters"):
      return .object(
        Dictionary(uniqueKeysWithValues: log.counters.map { ($0.rawValue, .int($1)) })
      )
    case (.get, "/admin/faults"):
      return ["faults": .array(faults.pending.map(\.json))]
    case (.post, "/admin/faults"):
      for fault in try (body.array ?? [body]).map(Fault.init(json:)) { faults.set(fault) }
      return ["faults": .array(faults.pending.map(\.json))]
    case (.delete, "/admin/faults"):
      faults.clear(request.queryFields["name"])
      return ["faults": .array(faults.pending.map(\.json))]
    case (.get, "/admin/clock"):
      return ["offset": .double(clock.offset)]
    case (.post, "/admin/clock"):
      try moveClock(body)
      return ["offset": .double(clock.offset)]
    case (.get, "/admin/sessions"):
      return ["sessions": .array(await state.allFamilies.map(Self.json))]
    case (.post, "/admin/sessions/revoke"):
      return ["revoked": .array(await revokeSessions(body).map(Self.json))]
    case (.post, "/admin/shutdown"):
      await admin.shutDown()
      return ["shuttingDown": true]
    default:
      return try await administerKeys(request, body)
    }
  }

  private func administerKeys(_ request: Request, _ body: JSONValue) async throws -> JSONValue {
    switch (request.method, request.uri.path) {
    case (.post, "/admin/keys/rotate"):
      try await rotateKeys(keepingOld: body["keepOld"]?.bool ?? true)
      return .object(await keys.keySet)
    case (.post, "/admin/algorithm"):
      try await keys.use(SigningAlgorithm(parsing: body["algorithm"]?.string ?? ""))
      return ["algorithm": .string(await keys.algorithm.rawValue)]
    case (.post, "/admin/assertion"):
      let lifetime = try Self.seconds(body, "lifetime") ?? 600
      let assertion = try assertionIssuer.assertion(
        subject: body["sub"]?.string ?? "robot",
        audience: body["aud"]?.string ?? issuer,
        lifetime: Int(lifetime),
        now: clock.now
      )
      return ["assertion": .string(assertion), "issuer": .string(AssertionIssuer.name)]
    case (.post, "/admin/client-certificate"):
      let name = body["client"]?.string ?? "lanyard"
      let made = try authority.issueClientCertificate(name, now: clock.now)
      return ["certificate": .string(made.certificatePEM), "key": .string(made.keyPEM)]
    default:
      throw LabError(.badOption, "there is no such admin request")
    }
  }

  /// Makes new keys; old public keys stay in the key set if told so.
  func rotateKeys(keepingOld: Bool) async throws {
    try await keys.rotate(keepingOld: keepingOld)
    log.append(.keysRotated)
  }

  private func moveClock(_ body: JSONValue) throws {
    if let offset = try Self.seconds(body, "offset") {
      clock.offset = offset
    } else if let step = try Self.seconds(body, "advance") {
      guard abs(clock.offset + step) <= Double(LabOptions.longest) else {
        throw LabError(.badOption, "the clock would be off by more than \(LabOptions.longest) s")
      }
      clock.advance(by: step)
    } else {
      throw LabError(.badOption, "the clock takes {\"offset\": seconds} or {\"advance\": seconds}")
    }
    log.append(.clockMoved) { $0.reason = "offset is now \(clock.offset) s" }
  }

  /// A member that says so many seconds; nil without it, and throws `LabError.badOption` if it is no
  /// such number.
  private static func seconds(_ body: JSONValue, _ name: String) throws -> Double? {
    guard let member = body[name] else { return nil }
    guard let seconds = member.seconds, abs(seconds) <= Double(LabOptions.longest) else {
      throw LabError(
        .badOption,
        "\"\(name)\" is no number of seconds",
        remedy: "a number, and no more than \(LabOptions.longest) either way"
      )
    }
    return seconds
  }

  private func revokeSessions(_ body: JSONValue) async -> [RefreshFamily] {
    let family = body["family"]?.string
    let user = body["user"]?.string
    return await revokeSessions(family: family, user: user)
  }

  /// Ends logins as an administrator of an issuer would: one family, those of one user, or all.
  func revokeSessions(family: String?, user: String?) async -> [RefreshFamily] {
    let ended = await state.endFamilies(because: "revoked by the administrator") { candidate in
      (family == nil || candidate.id == family) && (user == nil || candidate.user.name == user)
    }
    for family in ended {
      log.append(.familyRevoked) { event in
        event.client = family.client
        event.family = family.id
        event.generation = family.generation
        event.user = family.user.name
        event.sub = family.user.subject
        event.reason = family.ended
      }
    }
    return ended
  }

  private static func json(_ family: RefreshFamily) -> JSONValue {
    var members: [String: JSONValue] = [
      "family": .string(family.id), "client": .string(family.client),
      "user": .string(family.user.name), "sub": .string(family.user.subject),
      "generation": .int(family.generation),
    ]
    members["ended"] = family.ended.map(JSONValue.string)
    return .object(members)
  }
}

extension JSONValue {
  /// A number of seconds, whole or not.
  fileprivate var seconds: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
