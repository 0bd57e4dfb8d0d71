// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
package import Clouds
package import OAuth
package import SessionStore

/// Everything that the life of a credential does to the world, in one record.
///
/// Built from `Host` in one place (Commands/Live.swift); tests build another.
package struct Effects: Sendable {
  /// The wall clock.
  package var now: @Sendable () -> Date
  /// Seconds of a clock that never jumps, for waiting.
  package var uptime: @Sendable () -> Double
  /// So many bytes from the system's generator.
  package var random: @Sendable (Int) -> [UInt8]
  /// Sleeps so many seconds; throws when cancelled.
  package var pause: @Sendable (Double) async throws -> Void
  /// Sends one request over a connection with this trust.
  package var send:
    @Sendable (TransportTrust, HTTPCall) async throws(TransportFailure) -> HTTPAnswer
  /// Tries to take a lock file, and writes who and why into it; nil if another holds it.
  package var attemptLock:
    @Sendable (_ path: String, _ why: String) throws(LockProblem) -> HeldLock?
  /// Who holds a lock, as far as its file says.
  package var lockHolder: @Sendable (_ path: String) -> LockHolder?
  /// Starts the detached renewal, which inherits the lock.
  package var startRenewal: @Sendable (RenewalOrder, HeldLock) async throws -> RenewalWatch
  /// Listens on the first of the loopback addresses that is free.
  package var listen:
    @Sendable (_ addresses: [String]) async throws(ListenProblem) -> RedirectListener
  /// Starts the system's browser; false if none could be started.
  package var openBrowser: @Sendable (_ url: String) -> Bool
  /// Asks for one line at the terminal, shown while it is typed or not; nil if there is no terminal or no more input.
  ///
  /// Throws when cancelled, because the answer may come another way.
  package var ask: @Sendable (_ question: String, _ echoes: Bool) async throws -> String?
  /// Shows a QR code of a text on the terminal, unless it would not fit or could not be read there.
  package var showQRCode: @Sendable (_ text: String) -> Void
  /// Says something to the person, a line at a time; already escaped by the callee.
  package var tell: @Sendable (String) -> Void
  /// Says what is being done, when `-v` asks for it; never given anything secret.
  package var trace: @Sendable (String) -> Void

  /// Makes the record.
  package init(
    now: @escaping @Sendable () -> Date,
    uptime: @escaping @Sendable () -> Double,
    random: @escaping @Sendable (Int) -> [UInt8],
    pause: @escaping @Sendable (Double) async throws -> Void,
    send:
      @escaping @Sendable (TransportTrust, HTTPCall) async throws(TransportFailure) -> HTTPAnswer,
    attemptLock: @escaping @Sendable (String, String) throws(LockProblem) -> HeldLock?,
    lockHolder: @escaping @Sendable (String) -> LockHolder?,
    startRenewal: @escaping @Sendable (RenewalOrder, HeldLock) async throws -> RenewalWatch,
    listen: @escaping @Sendable ([String]) async throws(ListenProblem) -> RedirectListener,
    openBrowser: @escaping @Sendable (String) -> Bool,
    ask: @escaping @Sendable (String, Bool) async throws -> String?,
    showQRCode: @escaping @Sendable (String) -> Void,
    tell: @escaping @Sendable (String) -> Void,
    trace: @escaping @Sendable (String) -> Void
  ) {
    self.now = now
    self.uptime = uptime
    self.random = random
    self.pause = pause
    self.send = send
    self.attemptLock = attemptLock
    self.lockHolder = lockHolder
    self.startRenewal = startRenewal
    self.listen = listen
    self.openBrowser = openBrowser
    self.ask = ask
    self.showQRCode = showQRCode
    self.tell = tell
    self.trace = trace
  }

  /// The sender with this trust.
  func sender(_ trust: TransportTrust) -> HTTPSend {
    { [send] call async throws(TransportFailure) in try await send(trust, call) }
  }
}

/// A lock that this process holds.
package struct HeldLock: Sendable {
  /// The descriptor that a child may inherit; the lock belongs to its open file description.
  package let descriptor: Int32
  /// Unlocks.
  package let release: @Sendable () -> Void
  /// Closes our descriptor and leaves the lock to the process that inherited it.
  package let handOver: @Sendable () -> Void

  /// Makes a held lock from what the host gives.
  package init(
    descriptor: Int32,
    release: @escaping @Sendable () -> Void,
    handOver: @escaping @Sendable () -> Void
  ) {
    self.descriptor = descriptor
    self.release = release
    self.handOver = handOver
  }
}

/// Who holds a lock and since when; for messages only, because a lock file may be stale.
package struct LockHolder: Sendable, Equatable {
  /// The process.
  package let process: Int32
  /// Since when.
  package let since: Date

  /// Describes a holder.
  package init(process: Int32, since: Date) {
    self.process = process
    self.since = since
  }
}

/// Why a lock file cannot be used at all: a failure of the store like any other.
package typealias LockProblem = StoreError

/// A loopback listener that could not be started.
package struct ListenProblem: Error, Sendable {
  /// What happened, in one line; names the addresses.
  package let what: String
  /// Describes the problem.
  package init(what: String) { self.what = what }
}

/// A loopback listener that waits for the browser.
package struct RedirectListener: Sendable {
  /// The addresses by which a browser may name it, as `Host` header values (`127.0.0.1:8000`).
  package let hosts: [String]
  /// The host for the redirect URI: the one that was asked for, because issuers compare it (RFC 8252 §7.3 frees only
  /// the port).
  package let host: String
  /// The port.
  package let port: Int
  /// Feeds every request to the receiver until it finishes, concludes the login while the browser waits, and shows the
  /// page that this gives; throws when cancelled.
  package let serve:
    @Sendable (RedirectReceiver, _ conclude: @escaping Conclusion) async throws -> Void

  /// What ends a login after the browser's part: the page to show.
  package typealias Conclusion = @Sendable (RedirectOutcome) async -> FinalPage

  /// Makes a listener from what the host gives.
  package init(
    hosts: [String],
    host: String,
    port: Int,
    serve: @escaping @Sendable (RedirectReceiver, @escaping Conclusion) async throws -> Void
  ) {
    self.hosts = hosts
    self.host = host
    self.port = port
    self.serve = serve
  }
}

/// The page that the browser shows when a login has ended.
package struct FinalPage: Sendable, Equatable {
  /// Its HTTP status.
  package let status: Int
  /// Header fields.
  package let headers: [(String, String)]
  /// The page.
  package let body: [UInt8]

  /// The page of a kind; see `RedirectPages.html`.
  init(
    _ pages: RedirectPages,
    _ kind: RedirectPages.Kind,
    person: String? = nil,
    reason: String? = nil
  ) {
    status = [.loggedIn, .received, .refused].contains(kind) ? 200 : 400
    headers = pages.headers
    body = pages.html(kind, person: person, reason: reason)
  }

  /// The page that ends a sign-in at a cloud.
  package init(_ page: SignInPage) {
    status = page.status
    headers = page.headers
    body = page.body
  }

  /// Compares what is shown.
  package static func == (left: FinalPage, right: FinalPage) -> Bool {
    left.status == right.status && left.body == right.body
  }
}

/// The asker's end of a detached renewal.
package struct RenewalWatch: Sendable {
  /// Waits at most so many seconds for the report.
  ///
  /// `nil`: not in that time. Throws if the renewal ended without one.
  package let report: @Sendable (_ seconds: Double) async throws -> RenewalReport?

  /// Makes a watch from what the host gives.
  package init(report: @escaping @Sendable (Double) async throws -> RenewalReport?) {
    self.report = report
  }
}
