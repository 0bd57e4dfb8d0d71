// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
import MachO.dyld
#endif

/// The program that is running.
package enum Executable {
  /// The absolute path of this program's file, links resolved; nil if the system does not tell.
  ///
  /// On Linux, once the file was replaced by an upgrade, it is `/proc/self/exe`, which still starts the very
  /// program that
  /// runs; so the detached half of a renewal is never another version than its asker.
  package static func path() -> String? {
    #if os(Linux)
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return nil }
    let path = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return path.hasSuffix(" (deleted)") ? "/proc/self/exe" : path
    #else
    var size = UInt32(PATH_MAX)
    var buffer = [CChar](repeating: 0, count: Int(size))
    guard unsafe _NSGetExecutablePath(&buffer, &size) == 0,
      let resolved = unsafe realpath(buffer, nil)
    else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
    #endif
  }
}
