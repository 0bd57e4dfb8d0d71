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

@Suite struct FilesTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  @Test func aFileIsReadWhole() throws {
    #expect(try Files.readBounded(try scratch.write("a", ""), limit: 0) == [])
    #expect(try Files.readBounded(try scratch.write("b", "text"), limit: 4) == Array("text".utf8))
    let long = String(repeating: "x", count: 100_000)
    #expect(try Files.readBounded(try scratch.write("c", long), limit: 1 << 20)?.count == 100_000)
    #expect(try Files.readBounded("/proc/self/status", limit: 1 << 16)?.isEmpty == false)
  }

  @Test func aMissingFileIsNil() throws {
    #expect(try Files.readBounded(scratch.file("none"), limit: 1) == nil)
    #expect(try Files.readBounded(try scratch.write("d", "") + "/below", limit: 1) == nil)
  }

  @Test func aLargeFileIsRefused() throws {
    let path = try scratch.write("e", "12345")
    #expect {
      try Files.readBounded(path, limit: 4)
    } throws: { ($0 as? HostError)?.code == .tooLarge }
    #expect {
      try Files.readBounded("/dev/zero", limit: 4)
    } throws: { ($0 as? HostError)?.code == .notOurFile }
  }

  @Test func whatIsNoFileIsRefusedWithoutWaiting() throws {
    let fifo = scratch.file("fifo")
    #expect(unsafe mkfifo(fifo, 0o600) == 0)
    for path in [fifo, scratch.path] {
      #expect {
        try Files.readBounded(path, limit: 4)
      } throws: { ($0 as? HostError)?.code == .notOurFile }
    }
  }

  @Test func linksAreFollowed() throws {
    let link = scratch.file("link")
    #expect(unsafe symlink(try scratch.write("target", "linked"), link) == 0)
    #expect(try Files.readBounded(link, limit: 10) == Array("linked".utf8))
  }

  // Only root can give a folder away.
  @Test(.enabled(if: geteuid() == 0)) func nothingIsMadeInTheHomeOfAnotherUser() throws {
    let home = scratch.file("home")
    try Files.makeFolders(above: "\(home)/x")
    #expect(unsafe chown(home, 4242, 4242) == 0)
    #expect {
      try Files.makeFolders(above: "\(home)/a/b")
    } throws: { ($0 as? HostError)?.code == .notOurFile && "\($0)".contains("uid 4242") }
    #expect {
      try OwnFile.append(line: "x", to: "\(home)/trusted")
    } throws: { ($0 as? HostError)?.code == .notOurFile }
    #expect(!Files.exists("\(home)/a"))
    #expect(!Files.exists("\(home)/trusted"))
    #expect(unsafe chown(home, 0, 0) == 0)
    try Files.makeFolders(above: "\(home)/a/b")
    #expect(Files.exists("\(home)/a"))
  }

  @Test func pathsInMessagesAreEscaped() {
    #expect {
      try Files.readBounded("/tmp/\u{1b}[2J/\(String(repeating: "n", count: 300))", limit: 1)
        .map { _ in () }
      try Files.readBounded("/\u{1b}\(String(repeating: "n", count: 300))", limit: 1).map { _ in }
    } throws: { "\($0)".contains("\\u{1b}") }
  }

  @Test(arguments: [
    ("0123456789abcdef0123456789ABCDEF\n", "0123456789abcdef0123456789abcdef"),
    ("uninitialized\n", nil), ("", nil), ("0123", nil),
  ])
  func aMachineHasOneIdentity(_ content: String, _ identity: String?) throws {
    let path = try scratch.write("machine-id", content)
    #expect(HostName.machineID(candidates: [scratch.file("none"), path]) == identity)
  }

  @Test func randomBytesDiffer() {
    #expect(Randomness.bytes(0).isEmpty)
    #expect(Randomness.bytes(32).count == 32)
    #expect(Randomness.bytes(32) != Randomness.bytes(32))
  }
}
