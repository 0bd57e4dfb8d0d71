// SPDX-License-Identifier: Apache-2.0

import Clouds
import Credentials
import Host
import OAuth
import SessionStore

/// The one place where the effects of a cloud are made of `Host` and of those of `Credentials`.
struct LiveCloud: Sendable {
  let surroundings: ProcessSurroundings
  let configuration: UserConfiguration
  /// The certificates that the configuration adds to the system's, in PEM.
  let authorities: [UInt8]
  let effects: Effects
  let files: ReadFiles
  /// The arguments of the command, by which messages find the context that runs it.
  var arguments = Array(CommandLine.arguments.dropFirst())

  /// The effects for one request.
  ///
  /// `interactive` is what client-go says of the terminal; nil for a command that a person typed.
  func effects(_ kept: KeptSecrets, interactive: Bool?) -> CloudEffects {
    var live = CloudEffects(
      now: effects.now,
      random: effects.random,
      pause: effects.pause,
      environment: surroundings.environment,
      home: surroundings.environment["HOME"] ?? AccountHome.path(),
      accountHome: AccountHome.path(),
      allows: { [configuration] in configuration.allowed.contains($0) },
      send: { [effects, authorities] trust, call async throws(TransportFailure) in
        try await effects.send(trust.adding(authorities), call)
      },
      sendDirect: WebClients.sendDirect,
      readFile: { [files] path, limit throws(CloudError) in try files.read(path, limit: limit) },
      replaceFile: { [files] path, bytes throws(CloudError) in
        try Self.replace(path, bytes)
        files.forget(path)
      },
      run: { call async throws(CloudError) in try await programs.run(call) },
      ask: { question, echoes async throws(CloudError) in
        try await ask(question, echoes, interactive: interactive)
      },
      tell: effects.tell,
      trace: effects.trace,
      kept: { identity, terms, make async throws(CloudError) in
        try await kept.secret(of: identity, terms: terms, make: make)
      },
      alone: { identity, outliving, body async throws(CloudError) in
        try await alone(kept, identity, outliving, body)
      }
    )
    live.query = { [files] query throws(CloudError) in
      files.note(query.path)
      return try Self.rows(query)
    }
    live.proveReplaceable = { path throws(CloudError) in try Self.proveReplaceable(path) }
    live.isRejected = kept.rejected
    live.loginCommand = loginCommand
    return live
  }

  /// What a process that outlives this one renews, or this one where there can be no lock to hand over.
  private func alone(
    _ kept: KeptSecrets,
    _ identity: KeptIdentity,
    _ outliving: Outliving?,
    _ body: @escaping @Sendable () async throws(CloudError) -> KeptSecret
  ) async throws(CloudError) -> KeptSecret {
    guard let outliving else {
      return try await kept.alone(identity, sharesOutage: false) {
        _ async throws(CloudError) -> KeptSecret in
        try await SignalPolicy.holdingBack(body)
      }
    }
    let renew: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try await kept.alone(identity, sharesOutage: true) {
        lock async throws(CloudError) -> KeptSecret in
        if let lock { return try await RenewSignIn.renew(outliving.renewal, lock, for: self) }
        // What is given up half-way must not spend anything: a task of its own does not hear of it.
        guard outliving.patience == nil else { throw Self.late }
        let shielded: @Sendable () async throws(CloudError) -> KeptSecret = {
          () async throws(CloudError) -> KeptSecret in
          try await SignalPolicy.holdingBack(body)
        }
        return try await Task { await result(of: shielded) }.value.get()
      }
    }
    guard let patience = outliving.patience else { return try await renew() }
    guard !kept.isSlow(identity) else { throw Self.late }
    if let secret = try await within(patience, renew) { return secret }
    kept.noteSlow(identity, Self.late)
    throw Self.late
  }

  private static var late: CloudError {
    CloudError(.temporary, "the renewal has not finished", remedy: "try again in a moment")
  }

  /// `lanyard login` with the context whose user runs this very command.
  private var loginCommand: @Sendable () -> String? {
    let environment = surroundings.environment
    return { [arguments] in
      ContextLookup(environment: environment, kubeconfig: nil)
        .context(running: arguments)
        .map { "lanyard login \(ShellWord.context($0))" }
    }
  }

  /// The programs that may be run.
  var programs: Programs {
    Programs(
      environment: surroundings.environment,
      searchesPath: configuration.allowed.contains(.searchPath)
    )
  }

  private static func rows(_ query: DatabaseQuery) throws(CloudError) -> [[[UInt8]?]]? {
    do throws(HostError) {
      return try Database.rows(
        query.path,
        query.statement,
        query.parameters,
        seconds: query.seconds
      )
    } catch {
      throw CloudError(
        error.code == .timedOut ? .temporary : .configuration,
        error.message,
        remedy: error.remedy ?? "check the file's owner and mode, and what wrote it",
        cause: error
      )
    }
  }

  private static func replace(_ path: String, _ bytes: [UInt8]) throws(CloudError) {
    do throws(HostError) {
      try Files.replace(path, with: bytes)
    } catch {
      throw notWritten(error)
    }
  }

  private static func proveReplaceable(_ path: String) throws(CloudError) {
    do throws(HostError) {
      try Files.proveReplaceable(path, room: room)
    } catch {
      throw notWritten(error)
    }
  }

  /// Bytes for which there has to be room before a refresh token is spent: more than any file of a sign-in has.
  private static let room = 1 << 15

  private static func notWritten(_ error: HostError) -> CloudError {
    CloudError(
      .store,
      error.message,
      remedy: error.remedy ?? "check owner and mode of the file and its folder",
      cause: error
    )
  }

  /// Nobody is asked behind their back: not where client-go says that nobody is there, and not without a terminal.
  private func ask(
    _ question: String,
    _ echoes: Bool,
    interactive: Bool?
  ) async throws(CloudError) -> String? {
    guard interactive != false else { return nil }
    do {
      return try await effects.ask(question, echoes)
    } catch {
      throw CloudError(.loginNeeded, "interrupted", remedy: "try again", cause: error)
    }
  }
}
