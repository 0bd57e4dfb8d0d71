// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// Reads what its owner may be writing just now: what makes no sense is looked at once more.
enum SecondLook {
  /// Seconds in which a write of some kilobytes is long over.
  private static let pause = 0.05

  /// Waits; throws ``CloudError/Code/failed`` when cancelled.
  static func wait(_ effects: CloudEffects) async throws(CloudError) {
    do {
      try await effects.pause(pause)
    } catch {
      throw CloudError(.failed, "interrupted", remedy: "try again", cause: error)
    }
  }

  /// The credential in a file and its bytes; nil if there is no file.
  ///
  /// Throws what the second look gives.
  static func credential(_ path: String, _ origin: Origin, _ effects: CloudEffects)
    async throws(CloudError) -> (credential: GoogleCredential, bytes: [UInt8])?
  {
    guard let first = try effects.readFile(path, CredentialFile.limit) else { return nil }
    do throws(CloudError) {
      return (try CredentialFile.parse(first, origin), first)
    } catch {
      effects.trace("looking once more: \(error.what)")
    }
    try await wait(effects)
    guard let second = try effects.readFile(path, CredentialFile.limit) else { return nil }
    return (try CredentialFile.parse(second, origin), second)
  }
}
