// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
import MachO.dyld
#endif

/// The full program, `lanyard-full`, which does everything that a ready credential does not answer.
package enum FullProgram {
  /// Where it may lie, seen from the folder of this program.
  static let places = ["/lanyard-full", "/../libexec/lanyard/lanyard-full"]

  /// Replaces this process with the full program: same arguments, same environment.
  ///
  /// Returns only if that failed, with one line that says why and one that says what to do.
  package static func replaceProcess(
    arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>
  ) -> String {
    guard let own = ownPath(), let slash = own.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      return "lanyard: cannot find out where this program lies\n  check that /proc is mounted\n"
    }
    let folder = String(own[..<slash])
    var failure = ENOENT
    for place in places {
      unsafe execve(folder + place, arguments, environ)
      if errno != ENOENT { failure = errno }
    }
    let reason = unsafe strerror(failure).map { unsafe String(cString: $0) } ?? "error \(failure)"
    return """
      lanyard: cannot start lanyard-full, the other half of this program, in \(folder): \(reason)
        install both files side by side, as `make install` does

      """
  }

  /// The path of the running executable, symlinks resolved.
  ///
  /// Without `/proc` Swift's runtime mostly ends this program before it gets here (docs/linking.md).
  private static func ownPath() -> String? {
    #if canImport(Darwin)
    var size = UInt32(PATH_MAX)
    var buffer = [CChar](repeating: 0, count: Int(size))
    guard unsafe _NSGetExecutablePath(&buffer, &size) == 0,
      let resolved = unsafe realpath(buffer, nil)
    else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
    #else
    let limit = Int(PATH_MAX)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      unsafe base.withMemoryRebound(to: CChar.self, capacity: limit) { path in
        count = max(0, unsafe readlink("/proc/self/exe", path, limit))
      }
    }
    return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
    #endif
  }
}
