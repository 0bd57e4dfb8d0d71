// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import Credentials
import Google
import Host
import ReadyCredential
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The detached renewal of a sign-in that lies in a vendor's file, from both ends.
enum RenewSignIn {
  /// The one argument of its process.
  static let name = "renew-sign-in"

  /// Has a sign-in renewed and gives what came of it; the lock goes to the process that does it.
  ///
  /// Throws what the renewal threw, and `.temporary` if it is not done in time.
  static func renew(
    _ renewal: SignInRenewal,
    _ lock: HeldLock,
    for asker: LiveCloud
  ) async throws(CloudError) -> KeptSecret {
    let order = SignInOrder(
      renewal: renewal,
      arguments: asker.arguments,
      environment: asker.surroundings.environment,
      allowed: Array(asker.configuration.allowed),
      authorities: asker.authorities
    )
    let report: Int32
    do {
      report = try await DetachedRenewal.start(
        name,
        try order.encoded(),
        lock,
        environment: asker.surroundings.environment,
        // A variable may name a file relative to where the asker is.
        folder: folder(of: asker.surroundings)
      )
    } catch {
      throw CloudError(
        .temporary,
        "the renewal of the sign-in could not be started",
        remedy: "try again; the sign-in is kept",
        cause: error
      )
    }
    lock.handOver()
    let bytes = try? await DetachedRenewal.report(from: report, seconds: Numbers.renewalWait)
    guard let bytes else { throw unfinished }
    return try result(bytes, asker)
  }

  private static var unfinished: CloudError {
    CloudError(
      .temporary,
      "the renewal of the sign-in has not finished",
      remedy: "try again in a moment"
    )
  }

  /// The asker's folder; the root if it may not be entered, as after `sudo` in somebody else's home.
  private static func folder(of surroundings: ProcessSurroundings) -> String {
    guard let bytes = surroundings.hot.workingDirectory(),
      let folder = String(validating: bytes, as: UTF8.self),
      Files.isEnterable(folder)
    else { return "/" }
    return folder
  }

  private static func result(
    _ bytes: [UInt8],
    _ asker: LiveCloud
  ) throws(CloudError) -> KeptSecret {
    guard let report = SignInReport(decoding: bytes) else {
      throw CloudError(
        .failed,
        "the renewal of the sign-in ended without a report",
        remedy: "try again; if that asks for a sign-in, the renewed one was lost"
      )
    }
    report.written.forEach(asker.files.forget)
    report.traced.forEach(asker.effects.trace)
    report.told.forEach(asker.effects.tell)
    return try report.outcome.get()
  }

  // MARK: the process itself

  /// Renews as ordered and reports; gives the exit code.
  static func run() async -> Int32 {
    await DetachedRenewal.run(name) { bytes in
      let order = try SignInOrder(decoding: bytes)
      let heard = Heard()
      do throws(CloudError) {
        try await carryOut(order, heard)
        guard heard.kept != nil else {
          throw CloudError(.failed, "nothing was renewed", remedy: "try again")
        }
      } catch {
        return try heard.report(error).encoded()
      }
      return try heard.report(nil).encoded()
    }
  }

  private static func carryOut(_ order: SignInOrder, _ heard: Heard) async throws(CloudError) {
    let effects: CloudEffects
    do throws(Failure) {
      let surroundings = ProcessSurroundings.current(
        overriding: order.environment.map { ($0.key, $0.value) }
      )
      var configuration = UserConfiguration()
      configuration.allowed = Set(order.allowed)
      effects = try CloudCommand(surroundings, configuration, authorities: order.authorities)
        .effects(carryingOut: order.arguments, heard)
    } catch {
      throw CloudError(error)
    }
    switch order.renewal {
    case .identityCenter(let profile, let region):
      try await AWSRenewal.identityCenter(profile: profile, region: region, effects: effects)
    case .console(let profile, let region):
      try await AWSRenewal.console(profile: profile, region: region, effects: effects)
    case .workforce(let file, let place, let signIn, let who):
      try await WorkforceRenewal.renew(
        file,
        place: place,
        signIn: signIn,
        who: who,
        effects: effects
      )
    }
  }
}

/// What a renewal gave and said, for its asker.
final class Heard: Sendable {
  private let stored = Mutex(
    (kept: KeptSecret?.none, written: [String](), told: [String](), traced: [String]())
  )

  var kept: KeptSecret? { stored.withLock { $0.kept } }

  /// What the renewal gave.
  func keep(_ secret: KeptSecret) { stored.withLock { $0.kept = secret } }

  /// A file was replaced.
  func wrote(_ path: String) { stored.withLock { $0.written.append(path) } }

  /// A line for the person.
  func tell(_ line: String) { stored.withLock { $0.told.append(line) } }

  /// A line for `-v`.
  func trace(_ line: String) { stored.withLock { $0.traced.append(line) } }

  /// The report; `error` is what the renewal threw, if it did not get as far as giving anything.
  func report(_ error: CloudError?) -> SignInReport {
    stored.withLock { heard in
      SignInReport(
        outcome: heard.kept.map { .success($0) } ?? .failure(error ?? SignInReport.empty),
        written: heard.written,
        told: heard.told,
        traced: heard.traced
      )
    }
  }
}
