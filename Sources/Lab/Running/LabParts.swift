// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Everything a lab is made of, before it listens.
struct LabParts: Sendable {
  let options: LabOptions
  let clock = LabClock()
  let log: EventLog
  let faults: FaultBox
  let authority: LabCertificateAuthority
  let provider: IdentityProvider
  let apiServer: APIServer
  let aws: AWSCloud?
  let google: GoogleCloud?
  let adminSecret = Randomness.token()
  let shutDown = ShutDown()
  let now: Date

  init(_ options: LabOptions) async throws {
    self.options = options
    now = LabClock.wallClock
    log = try EventLog(appendingTo: options.logFile)
    faults = FaultBox(options.faults)
    authority = try LabCertificateAuthority(now: now)
    let keys = try await SigningKeys(algorithm: options.algorithm, shape: options.keySetShape)
    let end = shutDown
    aws = options.aws ? AWSCloud(clock: clock) : nil
    let assertionIssuer = try AssertionIssuer()
    google = options.google ? GoogleCloud(clock: clock, assertionIssuer: assertionIssuer) : nil
    let provider = IdentityProvider(
      options: options,
      clock: clock,
      log: log,
      faults: faults,
      keys: keys,
      authority: authority,
      assertionIssuer: assertionIssuer,
      admin: AdminAccess(secret: adminSecret, shutDown: { await end.begin() })
    )
    self.provider = provider
    let authenticator = Authenticator(
      issuers: { provider.issuers },
      audiences: Set(options.clients.map(\.id) + (options.entra?.servers ?? [])),
      envelopes: options.entra?.boundTo.map { BoundTokenCheck(resource: $0) },
      usernameClaim: options.usernameClaim,
      usernamePrefix: options.usernamePrefix,
      groupsPrefix: options.groupsPrefix,
      keys: { await keys.published }
    )
    apiServer = APIServer(
      authenticator: authenticator.admitting(google).admitting(aws),
      catalog: SampleObjects(now: now).catalog,
      clock: clock,
      log: log
    )
  }
}

/// The way to end the lab from inside a request; connected once the servers' group exists.
final class ShutDown: Sendable {
  private let group = Mutex<ServiceGroup?>(nil)

  func connect(to group: ServiceGroup) {
    self.group.withLock { $0 = group }
  }

  func begin() async {
    await group.withLock { $0 }?.triggerGracefulShutdown()
  }
}
