// SPDX-License-Identifier: Apache-2.0

import ReadyCredential
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder of its own for one test, removed at the end of it.
struct Scratch: ~Copyable {
  let path: String

  init() throws {
    var template = Array("/tmp/lanyard-ready-XXXXXX".utf8CString)
    path = try #require(
      unsafe template.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, let made = unsafe mkdtemp(base) else { return nil }
        return unsafe String(cString: made)
      }
    )
  }

  deinit {
    _ = try? run("/bin/rm", ["-rf", path], environment: [:])
  }

  /// A ready folder in it, not made yet.
  var ready: ReadyFolder { ReadyFolder(path: path + "/ready", owner: geteuid()) }
  /// A store folder in it, not made yet.
  var store: String { path + "/store" }

  /// Writes a file and says where.
  @discardableResult
  func write(_ name: String, _ content: [UInt8], mode: mode_t = 0o600) throws -> String {
    let file = path + "/" + name
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, mode)
    try #require(descriptor >= 0)
    let written = Output.write(content[...], to: descriptor)
    close(descriptor)
    try #require(written)
    try unsafe succeeded(chmod(file, mode))
    return file
  }

  func makeFolder(_ name: String, mode: mode_t = 0o700) throws {
    try unsafe succeeded(mkdir(path + "/" + name, mode), chmod(path + "/" + name, mode))
  }
}

/// Requires that calls of the system gave 0.
func succeeded(_ results: Int32...) throws {
  try #require(results.allSatisfy { $0 == 0 }, "errno \(errno)")
}

/// The content of a file, nil if there is none.
func content(of path: String, limit: Int = 1 << 20) -> [UInt8]? {
  let descriptor = unsafe open(path, O_RDONLY)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  return unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
    count = max(0, unsafe read(descriptor, buffer.baseAddress, limit))
  }
}

/// Mode and permission bits of a path, symlinks not followed; nil if there is nothing.
func mode(of path: String) -> UInt32? {
  var status = stat()
  guard unsafe lstat(path, &status) == 0 else { return nil }
  return UInt32(status.st_mode) & 0o7777
}

/// Surroundings from a table.
func surroundings(
  _ variables: [String: String] = ["HOME": "/home/ada"],
  user: UInt32 = 1000,
  directory: String? = "/home/ada"
) -> Surroundings {
  Surroundings(
    environment: { name in variables[name].map { Array($0.utf8) } },
    effectiveUser: user,
    workingDirectory: { directory.map { Array($0.utf8) } }
  )
}

/// Arguments as bytes.
func arguments(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

/// Noon, for every test.
let noon = UnixTime(seconds: 1_800_000_000)

/// A key like any other.
func someKey(_ last: Character = "0") throws -> ReadyCredentialKey {
  try #require(ReadyCredentialKey(hex: String(repeating: "0", count: 63) + String(last)))
}

/// Terms good for an hour from noon.
func hour(epoch: String = "", dependencies: [Dependency] = []) -> ReadyTerms {
  ReadyTerms(
    validFrom: noon,
    renewAt: noon.advanced(byMilliseconds: 3_600_000),
    epoch: Array(epoch.utf8),
    dependencies: dependencies
  )
}

let body = Array("{\"kind\":\"ExecCredential\"}\n".utf8)
