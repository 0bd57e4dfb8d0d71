// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The three descriptors that every program expects to be there.
package enum StandardDescriptors {
  /// Opens `/dev/null` where one of them is closed, or the next file that is opened (a lock, a session) would get its
  /// number, and what is said to a person would be written into it.
  ///
  /// Read-only, so that writing to a stdout that was closed fails as before (EBADF), and is told.
  package static func occupy() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is this one, because those below are taken.
      _ = unsafe open("/dev/null", O_RDONLY)
    }
  }
}
