// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension ReadyFolder {
  /// Removes the ready credential of one request, if there is one.
  package func remove(_ key: ReadyCredentialKey) {
    guard case .opened(let folder) = open() else { return }
    unsafe unlinkat(folder.raw, key.hex, 0)
  }

  /// Removes every ready credential and every unfinished file; anything else in the folder stays.
  package func removeAll() {
    forEachFile { folder, name in unsafe unlinkat(folder, name, 0) }
  }

  /// Removes files that nobody will ask for again: of keys whose renew-at passed more than ``sweepDistance`` ago, of
  /// another format, and unfinished ones as old as that.
  package func sweep(now: UnixTime) {
    forEachFile { folder, name in
      guard case .opened(let file) = Descriptor.open(name, in: folder), let status = file.status
      else { return }
      let ready = file.read(atMost: Int(clamping: min(status.size, Int64(ReadyFile.maximumLength))))
        .flatMap { ReadyFile(decoding: $0) }
      let last = ready?.renewAt ?? UnixTime(seconds: status.modifiedSeconds)
      if last.advanced(byMilliseconds: Self.sweepDistance) < now {
        unsafe unlinkat(folder, name, 0)
      }
    }
  }

  /// Calls `body` with the folder's descriptor and each name that this module gives to files.
  private func forEachFile(_ body: (Int32, String) -> Void) {
    guard case .opened(let folder) = open() else { return }
    let listed = fcntl(folder.raw, F_DUPFD_CLOEXEC, 0)
    guard listed >= 0 else { return }
    guard let stream = unsafe fdopendir(listed) else {
      close(listed)
      return
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if ReadyCredentialKey(hex: name) != nil || name.hasPrefix(Self.temporaryPrefix) {
        names.append(name)
      }
    }
    for name in names { body(folder.raw, name) }
  }
}
