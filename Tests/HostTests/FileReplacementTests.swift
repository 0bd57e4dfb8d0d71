// SPDX-License-Identifier: Apache-2.0

import Host
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files of others that are written back.
@Suite struct FileReplacementTests {
  private let folder: String

  init() throws {
    folder = "/tmp/lanyard-replace-" + String(UInt64.random(in: .min ... .max), radix: 36)
    try #require(unsafe mkdir(folder, 0o700) == 0)
  }

  private func content(_ name: String) throws -> String? {
    try Files.readBounded("\(folder)/\(name)", limit: 100).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func mode(_ name: String) -> mode_t {
    var status = stat()
    _ = unsafe lstat("\(folder)/\(name)", &status)
    return status.st_mode
  }

  @Test func `a new file is private`() throws {
    try Files.replace("\(folder)/new", with: Array("a".utf8))
    #expect(try content("new") == "a")
    #expect(mode("new") & 0o777 == 0o600)
  }

  @Test func `an old one keeps its mode, and nothing is left beside it`() throws {
    try Files.replace("\(folder)/old", with: Array("a long text".utf8))
    #expect(unsafe chmod("\(folder)/old", 0o640) == 0)
    try Files.replace("\(folder)/old", with: Array("b".utf8))
    #expect(try content("old") == "b")
    #expect(mode("old") & 0o777 == 0o640)
    #expect(unsafe rmdir(folder) != 0)
    #expect(unsafe unlink("\(folder)/old") == 0)
    #expect(unsafe rmdir(folder) == 0)
  }

  @Test func `a symbolic link stays one`() throws {
    try Files.replace("\(folder)/target", with: Array("a".utf8))
    #expect(unsafe symlink("target", "\(folder)/link") == 0)
    try Files.replace("\(folder)/link", with: Array("b".utf8))
    #expect(try content("target") == "b")
    #expect(mode("link") & S_IFMT == S_IFLNK)
  }

  @Test func `a folder is not replaced, and a missing folder is an error`() {
    let first = #expect(throws: HostError.self) { try Files.replace(folder, with: []) }
    #expect(first?.code == .notOurFile)
    #expect(throws: HostError.self) { try Files.replace("\(folder)/none/file", with: []) }
  }
}
