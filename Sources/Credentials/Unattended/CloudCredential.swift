// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A credential that a cloud gives: the ready one, else what obtaining gives now.
package enum CloudCredential {
  /// The bytes to print; throws `CredentialsError`, and nothing is to be printed then.
  ///
  /// `obtain` is told whether the API server seems to have refused what was printed last. While the cloud is away, or a
  /// person would have to sign in, what was printed last is printed again until it ends.
  package static func bytes(
    _ slot: ReadySlot,
    _ effects: Effects,
    obtain: (_ rejected: Bool) async throws(CloudError) -> CloudToken
  ) async throws(CredentialsError) -> [UInt8] {
    var rejected = false
    switch slot.lookup(effects.now()) {
    case .hit(let body): return body
    case .miss(let wasRejected): rejected = wasRejected
    }
    if rejected { effects.trace("the caller was served this token before and asks again") }
    let token: CloudToken
    do throws(CloudError) {
      token = try await obtain(rejected)
    } catch {
      let error = CredentialsError(error)
      let serves = error.code == .temporary || error.code == .loginNeeded && !rejected
      guard serves, let old = slot.fallback(effects.now()) else { throw error }
      effects.trace("handing out the old token, which is still good: \(error.what)")
      return old
    }
    return slot.hand(token.token, times(of: token, effects), reported: token.reported, effects)
  }

  private static func times(of token: CloudToken, _ effects: Effects) -> TokenTimes {
    let now = effects.now()
    let life = token.expiry.map { TokenTimes.Life.lasting($0.timeIntervalSince(now)) }
    return TokenTimes(life: life ?? .unknown, received: now)
  }
}

extension ReadySlot {
  /// Renders a token, keeps it as ready credential while it is not due, and gives the bytes.
  ///
  /// `reported` is the `expirationTimestamp`; nil: the one that its times give.
  func hand(
    _ token: Secret,
    _ times: TokenTimes,
    reported: Date? = nil,
    _ effects: Effects
  ) -> [UInt8] {
    let now = effects.now()
    let body = render(token.expose(), reported ?? times.reported(at: now))
    if !times.isDue(at: now) { write(body, times, now) }
    return body
  }
}

extension CredentialsError {
  /// What kept a cloud from giving a token; the same kind of failure here.
  package init(_ error: CloudError) {
    let code: Code =
      switch error.code {
      case .failed: .failed
      case .loginNeeded: .loginNeeded
      case .refused: .refused
      case .temporary: .temporary
      case .configuration: .configuration
      case .store: .store
      }
    self.init(
      code,
      error.what,
      remedy: error.remedy,
      cause: error.cause,
      retryAfter: error.retryAfter
    )
  }
}

extension CloudError {
  /// The same failure in a cloud's words, for what failed between it and the store.
  package init(_ error: CredentialsError) {
    let code: Code =
      switch error.code {
      case .failed: .failed
      case .loginNeeded, .loginInProgress: .loginNeeded
      case .refused, .verdict: .refused
      case .temporary: .temporary
      case .store: .store
      case .configuration: .configuration
      }
    self.init(
      code,
      error.what,
      remedy: error.remedy,
      cause: error.cause,
      retryAfter: error.retryAfter
    )
  }
}
