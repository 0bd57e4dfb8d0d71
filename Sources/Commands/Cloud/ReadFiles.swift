// SPDX-License-Identifier: Apache-2.0

import Clouds
import Host
import ReadyCredential
import Synchronization

/// The files that a cloud's token was made from, each as it was just before it was first read.
final class ReadFiles: Sendable {
  private let seen = Mutex<[String: Dependency]>([:])

  /// The content of a regular file; nil if there is none, or it cannot be one.
  func read(_ path: String, limit: Int) throws(CloudError) -> [UInt8]? {
    note(path)
    do throws(HostError) {
      return try Files.readBounded(path, limit: limit)
    } catch {
      switch error.code {
      case .notOurFile, .tooLarge: return nil
      default:
        throw CloudError(
          .configuration,
          error.message,
          remedy: error.remedy ?? "check the file's owner and mode",
          cause: error
        )
      }
    }
  }

  /// Looks at a file before it is read, or found missing.
  func note(_ path: String) {
    seen.withLock { if $0[path] == nil { $0[path] = Dependency.observe(path) } }
  }

  /// Looks at a file again, after it was written.
  func forget(_ path: String) {
    seen.withLock { _ = $0.removeValue(forKey: path) }
  }

  /// What is known of these files; those that nobody read are looked at now.
  func dependencies(of paths: [String]) -> [Dependency] {
    paths.prefix(Dependency.maximumCount).map { path in
      seen.withLock { $0[path] } ?? Dependency.observe(path)
    }
  }
}
