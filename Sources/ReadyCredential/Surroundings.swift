// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a process finds around itself and the hot path reads: environment, effective user, working directory.
///
/// Both programs build it with ``current``, so that both come to the same keys and folders byte for byte.
package struct Surroundings: Sendable {
  /// The effective uid.
  package var effectiveUser: UInt32
  /// The absolute path of the working directory, or nil if there is none any more.
  ///
  /// Asked only when it matters.
  package var workingDirectory: @Sendable () -> [UInt8]?
  private var lookUp: @Sendable (String) -> [UInt8]?

  /// Surroundings made up of parts; `environment` answers nil for a variable that is not set.
  package init(
    environment: @escaping @Sendable (String) -> [UInt8]?,
    effectiveUser: UInt32,
    workingDirectory: @escaping @Sendable () -> [UInt8]?
  ) {
    self.lookUp = environment
    self.effectiveUser = effectiveUser
    self.workingDirectory = workingDirectory
  }

  /// The raw bytes of a variable; nil if it is not set or empty: an empty variable counts as unset.
  package func variable(_ name: String) -> [UInt8]? {
    guard let value = lookUp(name), !value.isEmpty else { return nil }
    return value
  }

  /// A variable that must hold an absolute path; nil if it is not set, relative, or not UTF-8.
  ///
  /// The XDG Base Directory Specification says that a relative path is to be ignored.
  package func absolutePath(_ name: String) -> String? {
    guard let value = variable(name), value.first == UInt8(ascii: "/") else { return nil }
    return String(validating: value, as: UTF8.self)
  }

  /// Those of the running process.
  package static var current: Surroundings {
    Surroundings(
      environment: { name in
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
      },
      effectiveUser: geteuid(),
      workingDirectory: {
        guard let path = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(path) }
        return unsafe Array(UnsafeRawBufferPointer(start: path, count: strlen(path)))
      }
    )
  }
}
