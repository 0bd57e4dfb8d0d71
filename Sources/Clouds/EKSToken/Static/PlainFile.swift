// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reading a small file without Foundation; symlinks are followed, as people keep dotfiles behind them.
enum PlainFile {
  /// What there is at a path.
  enum Content {
    case missing
    case bytes([UInt8])
    /// No regular file, too large, or not to be read.
    case unusual
  }

  static func content(of path: String, atMost limit: Int) -> Content {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { return errno == ENOENT || errno == ENOTDIR ? .missing : .unusual }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= limit
    else { return .unusual }
    let size = Int(status.st_size)
    var failed = false
    // One byte more than there should be, to tell a file that grows while it is read.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      while count <= size, let base = buffer.baseAddress {
        let got = unsafe read(file, base + count, size + 1 - count)
        if got < 0, errno == EINTR { continue }
        failed = got < 0
        guard got > 0 else { return }
        count += got
      }
    }
    return failed || bytes.count > size ? .unusual : .bytes(bytes)
  }
}
