// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import SessionStore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension World {
  var effects: Effects {
    Effects(
      now: { self.now },
      uptime: { self.read { $0.uptime } },
      random: { self.random($0) },
      pause: { try await self.pause($0) },
      send: { _, call async throws(TransportFailure) in try self.send(call) },
      attemptLock: { path, _ throws(LockProblem) in try self.attemptLock(path) },
      lockHolder: { path in self.read { $0.holders[path] } },
      startRenewal: { order, lock in try await self.startRenewal(order, lock) },
      listen: { _ async throws(ListenProblem) in self.listener() },
      openBrowser: { url in
        self.edit { state in
          if state.browserOpens { state.opened.append(url) }
          return state.browserOpens
        }
      },
      ask: { question, echoes in try await self.ask(question, echoes) },
      showQRCode: { text in self.edit { $0.lines.append("QR \(text)") } },
      tell: { line in self.edit { $0.lines.append(line) } },
      trace: { _ in }
    )
  }

  /// Moves both clocks on at once.
  ///
  /// The deadline of a login that the person answers never comes.
  private func pause(_ seconds: Double) async throws {
    if seconds >= Numbers.login, read({ $0.personAnswers }) {
      try await Task.sleep(for: .seconds(86400))
    }
    edit { state in
      state.uptime += seconds
      state.now.addTimeInterval(seconds)
    }
    read { $0.onPause }(self)
    await Task.yield()
  }

  /// What the person types next; without anything more they leave the terminal alone.
  private func ask(_ question: String, _ echoes: Bool) async throws -> String? {
    let typed: String? = edit { state in
      state.questions.append((question, echoes))
      return state.typed.isEmpty ? nil : state.typed.removeFirst()
    }
    if let typed { return typed.replacing("STATE", with: asked["state"] ?? "") }
    try await Task.sleep(for: .seconds(86400))
    return nil
  }

  private func attemptLock(_ path: String) throws(LockProblem) -> HeldLock? {
    let locks = "\(root)/lanyard/locks"
    guard (try? FileEffects.posix.status(locks)) != nil else {
      throw StoreError(FileFault(ENOENT), doing: "lock", path: path)
    }
    guard state.withLock({ $0.locks.insert(path).inserted }) else { return nil }
    return HeldLock(
      descriptor: 9,
      release: { self.edit { _ = $0.locks.remove(path) } },
      handOver: {}
    )
  }

  private func startRenewal(_ order: RenewalOrder, _ lock: HeldLock) async throws -> RenewalWatch {
    edit { $0.calls.append(order.rejected ? "renewal for a rejection" : "renewal") }
    switch read({ $0.renewals }) {
    case .run:
      let report = await Renewal(order: order, store: store, effects: effects).run()
      lock.release()
      return RenewalWatch { _ in report }
    case .neverReport: return RenewalWatch { _ in nil }
    case .die:
      lock.release()
      return RenewalWatch { _ in throw Died() }
    case .cannotStart: throw Died()
    }
  }

  struct Died: Error {}

  /// The browser: goes where the page told it, and brings the code back.
  private func listener() -> RedirectListener {
    let host = read { $0.redirectHost }
    return RedirectListener(hosts: ["\(host):8000"], host: host, port: 8000) { receiver, conclude in
      guard self.read({ $0.personAnswers && $0.browserAnswers }) else {
        try await Task.sleep(for: .seconds(86400))
        throw CancellationError()
      }
      var receiver = receiver
      let state = self.asked["state"] ?? ""
      let action = receiver.receive(
        method: "GET",
        target: "/?\(self.read { $0.redirect })&state=\(state)",
        host: "\(host):8000",
        contentType: nil,
        body: []
      )
      guard case .finish(let outcome, _, _, _) = action else { throw Died() }
      let page = await conclude(outcome)
      self.edit { $0.page = String(decoding: page.body, as: UTF8.self) }
    }
  }

  /// The parameters of the last authorization request.
  var asked: [String: String] {
    let url = read { state in
      state.opened.last ?? state.lines.last { $0.contains("://") && $0.contains("state=") } ?? ""
    }
    return Self.fields(of: url.split(separator: "?").last.map { String($0) } ?? "")
  }

  // MARK: what is asked of it

  func order(rejected: Bool = false, token: TokenKind = .id) throws -> RenewalOrder {
    RenewalOrder(
      request: try Given.request(token: token),
      storeFolder: store.folder,
      hostID: nil,
      runtimeFolder: runtime,
      dataKey: try store.unlock(),
      rejected: rejected
    )
  }

  func renew(rejected: Bool = false, token: TokenKind = .id) async throws -> RenewalReport {
    await Renewal(
      order: try order(rejected: rejected, token: token),
      store: store,
      effects: effects
    )
    .run()
  }

  func source(
    _ preference: LoginPreference = .auto,
    interactive: Bool? = false,
    request: CredentialRequest? = nil
  ) throws -> CredentialSource {
    CredentialSource(
      request: try request ?? Given.request(),
      store: store,
      effects: effects,
      options: options(preference, interactive: interactive)
    )
  }

  func options(
    _ preference: LoginPreference = .auto,
    interactive: Bool?
  ) -> CredentialSource.Options {
    CredentialSource.Options(
      preference: preference,
      audience: Audience(
        interactive: interactive,
        terminal: read { $0.terminal },
        display: true
      ),
      listenAddresses: ["127.0.0.1:8000"],
      hostID: nil,
      runtimeFolder: runtime,
      secrets: read { $0.secrets },
      loginCommand: { "lanyard login here" }
    )
  }

  /// Prints `token` and, if an expiry is reported, in how many seconds that is.
  var slot: ReadySlot {
    ReadySlot(
      lookup: { _ in
        self.read { state in
          state.ready.map { .hit($0) } ?? .miss(rejected: state.rejected)
        }
      },
      write: { body, _, _ in
        self.edit { $0.written.append(String(decoding: body, as: UTF8.self)) }
      },
      fallback: { _ in self.read { $0.old } },
      render: { token, expiration in
        let left = expiration.map { " \(Int($0.timeIntervalSince(self.now)))" } ?? ""
        return Array((token + left).utf8)
      }
    )
  }

  func print(
    _ preference: LoginPreference = .auto,
    interactive: Bool? = false,
    request: CredentialRequest? = nil
  ) async throws -> String {
    let source = try source(preference, interactive: interactive, request: request)
    return String(decoding: try await source.credential(slot), as: UTF8.self)
  }

  func refusal(
    _ preference: LoginPreference = .auto,
    interactive: Bool? = false,
    request: CredentialRequest? = nil
  ) async throws -> CredentialsError? {
    let source = try source(preference, interactive: interactive, request: request)
    let slot = slot
    return await credentialsError { () async throws(CredentialsError) in
      try await source.credential(slot)
    }
  }
}

// MARK: answers of the token endpoint

extension World {
  static func tokens(
    _ number: Int = 2,
    subject: String = "alice",
    id: Bool = true,
    refresh: Bool = true,
    by key: Forge.Signer = .issuer,
    life: Int = 1000,
    named: Bool = true,
    type: String = "Bearer",
    nonce: String? = nil,
    audience: String = "\"kube\"",
    claims: String = ""
  ) -> Answer {
    { world throws(TransportFailure) in
      var members = [
        #""access_token":"access-\#(number)""#, #""token_type":"\#(type)""#,
        #""expires_in":\#(life)"#,
      ]
      if refresh { members.append(#""refresh_token":"refresh-\#(number)""#) }
      if id {
        let token = Forge.idToken(
          now: world.now,
          subject: subject,
          nonce: world.asked["nonce"],
          life: life,
          named: named,
          audience: audience,
          claims: claims,
          by: key == .issuer ? Forge.key : Forge.foreign
        )
        members.append(#""id_token":"\#(token)""#)
      }
      return ok("{\(members.joined(separator: ","))}", nonce: nonce)
    }
  }

  /// An answer that only asks for a nonce (RFC 9449 §8).
  static func challenge(_ nonce: String) -> Answer {
    { _ throws(TransportFailure) in
      var answer = ok(#"{"error":"use_dpop_nonce"}"#, nonce: nonce)
      answer.status = 400
      return answer
    }
  }

  /// Metadata with further members.
  static func metadata(_ members: String) -> Answer {
    { _ throws(TransportFailure) in ok("\(Forge.metadata.dropLast()),\(members)}") }
  }

  static func error(_ status: Int, _ code: String? = nil) -> Answer {
    { _ throws(TransportFailure) in
      HTTPAnswer(status: status, body: Array((code.map { #"{"error":"\#($0)"}"# } ?? "").utf8))
    }
  }

  /// An answer that is given after something else has happened.
  static func answer(
    _ answer: @escaping Answer,
    after event: @escaping @Sendable (World) -> Void
  ) -> Answer {
    { world throws(TransportFailure) in
      event(world)
      return try answer(world)
    }
  }

  static let dead = error(400, "invalid_grant")
  static let lost: Answer = { _ throws(TransportFailure) in throw .noAnswer("reset") }
  static let offline: Answer = { _ throws(TransportFailure) in throw .notSent("no route") }
}

extension Forge {
  enum Signer: Sendable { case issuer, stranger }
}
