// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension LoginAccess {
  /// Removes the session's file while nobody renews it, who would write it again.
  func forget(_ signIn: SignInEffects) async throws(CloudError) -> SignedOut {
    let path = self.path
    let effects = self.effects
    let box = Found()
    let remove: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      let isThere = try effects.readFile(path, CacheDocument.limit) != nil
      box.isThere.withLock { $0 = isThere }
      try signIn.removeFile(path)
      return KeptSecret(secret: Secret(""), obtained: effects.now(), expiry: effects.now())
    }
    _ = try await effects.alone(Self.writer(session, path), nil, remove)
    return box.isThere.withLock(\.self) ? .forgotten : .nothing
  }
}

/// Whether there was a session, on its way out of the lock.
private final class Found: Sendable {
  let isThere = Mutex(false)
}
