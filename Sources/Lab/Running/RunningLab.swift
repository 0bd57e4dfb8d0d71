// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle

/// A lab whose servers listen.
///
/// Stop it with `stop()`.
package struct RunningLab: Sendable {
  /// The issuer identifier, for example `http://127.0.0.1:41234`.
  package let issuer: String
  /// The API server's URL.
  package let apiServerURL: String
  /// The lab's CA certificate, PEM: for the API server, and for the issuer if it speaks TLS.
  package let caPEM: String
  /// The bearer secret of the admin API.
  package let adminSecret: String
  /// How the lab was set up.
  package let options: LabOptions
  /// The lab's clock, to move it.
  package let clock: LabClock
  /// AWS's sign-in services, if the lab plays them.
  package let awsSignIn: RunningAWSSignIn?
  /// The faults that are set.
  package let faults: FaultBox
  /// AWS, if the lab plays it.
  package let aws: AWSCloud?
  /// Google, if the lab plays it.
  package let google: GoogleCloud?
  private let eventLog: EventLog
  private let provider: IdentityProvider
  private let group: ServiceGroup
  private let running: Task<Void, Never>

  init(
    parts: LabParts,
    ports: (issuer: Int, apiServer: Int),
    group: ServiceGroup,
    running: Task<Void, Never>
  ) async throws {
    issuer = parts.provider.issuer
    apiServerURL = "https://127.0.0.1:\(ports.apiServer)"
    caPEM = parts.authority.pem
    adminSecret = parts.adminSecret
    options = parts.options
    clock = parts.clock
    faults = parts.faults
    aws = parts.aws
    google = parts.google
    eventLog = parts.log
    provider = parts.provider
    awsSignIn =
      try await parts.options.awsSignIn ? RunningAWSSignIn.start(beside: parts.aws) : nil
    self.group = group
    self.running = running
  }

  /// The events so far, or those after a sequence number.
  package func log(after sequence: Int = 0) -> [LabEvent] { eventLog.events(after: sequence) }

  /// How many events of a kind there are.
  package func count(_ kind: LabEvent.Kind) -> Int { eventLog.counters[kind] ?? 0 }

  /// Makes new signing keys; without `keepingOld`, tokens signed by the old ones stop working at
  /// once.
  package func rotateKeys(keepingOld: Bool = true) async throws {
    try await provider.rotateKeys(keepingOld: keepingOld)
  }

  /// Ends logins at the issuer, as an administrator would: of one family, of one user, or all.
  ///
  /// Gives the families ended.
  @discardableResult
  package func revokeSessions(family: String? = nil, user: String? = nil) async -> [String] {
    await provider.revokeSessions(family: family, user: user).map(\.id)
  }

  /// A certificate of the lab's CA for the client of that id (RFC 8705 §2.1); throws what the
  /// generator throws.
  package func issueClientCertificate(_ client: String) throws -> ClientCertificate {
    try provider.authority.issueClientCertificate(client, now: clock.now)
  }

  /// An assertion by the issuer that the lab trusts, as a job or a pod would find it in a file
  /// (RFC 7523).
  ///
  /// For the identity provider, unless another audience is given; lives for so many seconds. Throws
  /// what signing throws.
  package func assertion(subject: String, audience: String? = nil, lifetime: Int = 600) throws
    -> String
  {
    try provider.assertionIssuer.assertion(
      subject: subject,
      audience: audience ?? issuer,
      lifetime: lifetime,
      now: clock.now
    )
  }

  /// Every refresh token, authorization code, code verifier, client assertion and DPoP proof so far.
  ///
  /// For tests that search for them where they must not be: never in the log, and not to be had
  /// over the network.
  package func secrets() async -> Set<String> { await provider.state.secrets }

  /// How many login pages, pushed requests and codes still wait for somebody to use them.
  package func waiting() async -> Int { await provider.state.waiting }

  /// Ends the servers; returns when they are gone.
  package func stop() async {
    await awsSignIn?.stop()
    await group.triggerGracefulShutdown()
    await running.value
  }

  /// Returns when the servers have ended: after a signal, `stop()`, or `POST /admin/shutdown`.
  package func waitUntilStopped() async {
    await running.value
  }
}
