// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension POSIXFiles {
  @Sendable static func read(_ path: String, _ limit: Int) throws(FileFault) -> FileContents? {
    // O_NONBLOCK keeps a planted FIFO from hanging the open.
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw FileFault(errno)
    }
    defer { try? close(descriptor) }
    var raw = stat()
    guard unsafe fstat(descriptor, &raw) == 0 else { throw FileFault(errno) }
    let status = FileStatus(raw)
    guard status.kind == .file else { throw FileFault(status.kind == .folder ? EISDIR : EINVAL) }
    return FileContents(status: status, bytes: try bytes(of: descriptor, upTo: limit + 1))
  }

  private static func bytes(of descriptor: Int32, upTo limit: Int) throws(FileFault) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(limit, 65_536))
    while bytes.count < limit {
      let wanted = min(chunk.count, limit - bytes.count)
      let count = unsafe chunk.withUnsafeMutableBytes { buffer in
        #if canImport(Glibc)
        unsafe Glibc.read(descriptor, buffer.baseAddress, wanted)
        #elseif canImport(Musl)
        unsafe Musl.read(descriptor, buffer.baseAddress, wanted)
        #else
        unsafe Darwin.read(descriptor, buffer.baseAddress, wanted)
        #endif
      }
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileFault(errno)
      }
      bytes += chunk.prefix(count)
    }
    return bytes
  }

  @Sendable static func status(_ path: String) throws(FileFault) -> FileStatus? {
    var raw = stat()
    guard unsafe lstat(path, &raw) == 0 else {
      if errno == ENOENT { return nil }
      throw FileFault(errno)
    }
    return FileStatus(raw)
  }

  @Sendable static func makeFolder(_ path: String) throws(FileFault) {
    if unsafe mkdir(path, 0o700) != 0 { throw FileFault(errno) }
    // By name, because what a umask of 0777 left cannot be opened; nobody else can have replaced it in our folder.
    unsafe chmod(path, 0o700)
  }

  @Sendable static func list(_ path: String) throws(FileFault) -> [String] {
    guard let folder = unsafe opendir(path) else { throw FileFault(errno) }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(folder) else { break }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { start in
          unsafe String(cString: start)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    if errno != 0 { throw FileFault(errno) }
    return names
  }

  @Sendable static func syncFolder(_ path: String) throws(FileFault) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault(errno) }
    defer { try? close(descriptor) }
    do throws(FileFault) {
      try sync(descriptor)
    } catch {
      // Some network and FUSE file systems cannot sync a folder at all; there the rename has to do.
      guard [EINVAL, ENOTSUP, ENOSYS].contains(error.number) else { throw error }
    }
  }
}

extension FileStatus {
  init(_ raw: stat) {
    let kind: Kind =
      switch raw.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    #if canImport(Darwin)
    let modified = raw.st_mtimespec.tv_sec
    #else
    let modified = raw.st_mtim.tv_sec
    #endif
    self.init(
      kind: kind,
      owner: raw.st_uid,
      mode: UInt32(raw.st_mode & 0o777),
      modified: Int64(modified)
    )
  }
}
