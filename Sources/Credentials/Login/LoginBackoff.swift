// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
package import SessionStore

/// After a login that failed or was refused, `get-token` asks nobody for a while; `lanyard login` ignores it.
///
/// Without it, tools that poll open a tab for every poll; a marker without end, on the other hand, locks people out
/// (both seen in peers: int128/kubelogin issue 904, gravitational/teleport issue 28435).
package struct LoginBackoff {
  private let store: SessionStore
  private let digest: String

  /// The back-off of one issuer's logins, by `CredentialRequest.loginDigest`.
  package init(store: SessionStore, digest: String) {
    self.store = store
    self.digest = digest
  }

  private struct Mark: Codable {
    var failures: Int
    var since: Date
  }

  private var name: String { "login-failed-\(digest)" }

  private func mark() -> Mark? {
    guard let bytes = store.readCache(name: name) else { return nil }
    return try? JSONDecoder().decode(Mark.self, from: Data(bytes))
  }

  /// Seconds until somebody may be asked again; nil if that is now.
  ///
  /// A mark from the future counts as none.
  package func remaining(at now: Date) -> Int? {
    guard let mark = mark(), mark.failures > 0 else { return nil }
    let passed = now.timeIntervalSince(mark.since)
    let left = Backoff.login(failures: mark.failures) - passed
    return passed >= 0 && left > 0 ? Int(left.rounded(.up)) : nil
  }

  /// Notes a failed login.
  package func failed(at now: Date) {
    let mark = Mark(failures: (mark()?.failures ?? 0) + 1, since: now)
    guard let bytes = try? JSONEncoder().encode(mark) else { return }
    // Where nothing can be written there is no back-off either; the login itself says what is wrong.
    try? store.writeCache(name: name, Array(bytes))
  }

  /// Forgets earlier failures, after a login that succeeded.
  package func clear() {
    guard mark() != nil else { return }
    try? store.writeCache(name: name, Array("{\"failures\":0,\"since\":0}".utf8))
  }
}
