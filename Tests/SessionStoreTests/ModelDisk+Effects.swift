// SPDX-License-Identifier: Apache-2.0

import SessionStore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension ModelDisk {
  /// The store's system calls on this disk.
  ///
  /// Only calls that change something count as steps.
  var effects: FileEffects {
    FileEffects(
      userID: { self.state.withLock(\.uid) },
      create: { path throws(FileFault) in Int32(try self.create(path)) },
      write: { descriptor, bytes throws(FileFault) in try self.write(descriptor, bytes) },
      allocate: { descriptor, length throws(FileFault) in
        try self.resize("allocate", descriptor, length)
      },
      truncate: { descriptor, length throws(FileFault) in
        try self.resize("truncate", descriptor, length)
      },
      sync: { descriptor throws(FileFault) in try self.sync(descriptor) },
      close: { descriptor throws(FileFault) in
        _ = try self.step("close") { state in
          state.descriptors.removeValue(forKey: descriptor)?.file ?? 0
        }
      },
      rename: { from, to throws(FileFault) in try self.move(from, to, replacing: true) },
      renameNew: { from, to throws(FileFault) in try self.move(from, to, replacing: false) },
      unlink: { path throws(FileFault) in try self.unlink(path) },
      read: { path, limit throws(FileFault) in try self.read(path, limit) },
      status: { path throws(FileFault) in self.status(path) },
      makeFolder: { path throws(FileFault) in
        _ = try self.step("makeFolder") { state throws(FileFault) in
          if state.folders[path] != nil { throw FileFault(EEXIST) }
          state.folders[path] = ModelDisk.folder
          state.folders[path]?.owner = state.uid
          return 0
        }
      },
      list: { path throws(FileFault) in
        let prefix = path + "/"
        return self.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
      },
      syncFolder: { path throws(FileFault) in try self.syncFolder(path) },
      isNetwork: { path in self.state.withLock { $0.networks.contains(path) } }
    )
  }

  private func create(_ path: String) throws(FileFault) -> Int {
    try step("create") { state throws(FileFault) in
      if state.names[path] != nil { throw FileFault(EEXIST) }
      let number = state.nextFile
      state.nextFile += 1
      state.files[number] = File(owner: state.uid)
      state.names[path] = number
      state.descriptors[Int32(number)] = (number, 0)
      return number
    }
  }

  private func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(FileFault) -> Int {
    try step("write") { state throws(FileFault) in
      guard let (number, offset) = state.descriptors[descriptor], var file = state.files[number]
      else { throw FileFault(EBADF) }
      let part = bytes.prefix(state.longestWrite)
      file.bytes.replaceSubrange(
        offset..<min(offset + part.count, file.bytes.count),
        with: part
      )
      state.files[number] = file
      state.descriptors[descriptor] = (number, offset + part.count)
      return part.count
    }
  }

  private func resize(_ name: String, _ descriptor: Int32, _ length: Int) throws(FileFault) {
    _ = try step(name) { state throws(FileFault) in
      guard let (number, _) = state.descriptors[descriptor], var file = state.files[number]
      else { throw FileFault(EBADF) }
      file.bytes = Array(file.bytes.prefix(length))
      file.bytes += Array(repeating: 0, count: length - file.bytes.count)
      state.files[number] = file
      return 0
    }
  }

  private func sync(_ descriptor: Int32) throws(FileFault) {
    _ = try step("sync") { state throws(FileFault) in
      guard let (number, _) = state.descriptors[descriptor], let file = state.files[number]
      else { throw FileFault(EBADF) }
      state.files[number]?.synced = file.bytes
      return 0
    }
  }

  private func move(_ from: String, _ to: String, replacing: Bool) throws(FileFault) {
    _ = try step("rename") { state throws(FileFault) in
      guard let number = state.names[from] else { throw FileFault(ENOENT) }
      if !replacing, state.names[to] != nil { throw FileFault(EEXIST) }
      state.names[from] = nil
      state.names[to] = number
      return 0
    }
  }

  private func unlink(_ path: String) throws(FileFault) {
    _ = try step("unlink") { state throws(FileFault) in
      guard state.names.removeValue(forKey: path) != nil else { throw FileFault(ENOENT) }
      return 0
    }
  }

  private func syncFolder(_ path: String) throws(FileFault) {
    _ = try step("syncFolder") { state in
      let isInside = { (name: String) in
        name.split(separator: "/").dropLast() == path.split(separator: "/")[...]
      }
      state.syncedNames = state.syncedNames.filter { !isInside($0.key) }
      state.syncedNames.merge(state.names.filter { isInside($0.key) }) { $1 }
      return 0
    }
  }

  private func read(_ path: String, _ limit: Int) throws(FileFault) -> FileContents? {
    let (isLink, file) = state.withLock { state in
      (state.links.contains(path), state.names[path].flatMap { state.files[$0] })
    }
    if isLink { throw FileFault(ELOOP) }
    guard let file, let status = status(path) else { return nil }
    return FileContents(status: status, bytes: Array(file.bytes.prefix(limit + 1)))
  }

  private func status(_ path: String) -> FileStatus? {
    let path = path.hasSuffix("/.") ? String(path.dropLast(2)) : path
    return state.withLock { state in
      if state.links.contains(path) {
        return FileStatus(kind: .link, owner: state.uid, mode: 0o777, modified: 0)
      }
      if let folder = state.folders[path] { return folder }
      guard let file = state.names[path].flatMap({ state.files[$0] }) else { return nil }
      return FileStatus(kind: .file, owner: file.owner, mode: file.mode, modified: file.modified)
    }
  }
}
