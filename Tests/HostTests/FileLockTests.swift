// SPDX-License-Identifier: Apache-2.0
import Host
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct FileLockTests {
  private let scratch: Scratch
  private let path: String

  init() throws {
    scratch = try Scratch()
    path = scratch.file("lock")
  }

  /// Whether we can take the lock, now or once the children of other tests, which copy our descriptors at
  /// their start, have got to
  /// their exec.
  private func isFreeForUs() async throws -> Bool {
    try await eventually { try FileLock.attempt(path: path) != nil }
  }

  /// Whether another process can take the lock now.
  private func isFreeForOthers() throws -> Bool {
    try run("/usr/bin/flock", ["-x", "-n", path, "true"]) == 0
  }

  @Test func oneHolderExcludesOthers() async throws {
    let lock = try #require(try FileLock.attempt(path: path))
    #expect(try FileLock.attempt(path: path) == nil)
    #expect(try !isFreeForOthers())
    lock.release()
    #expect(try await eventually { try isFreeForOthers() })
    #expect(try await isFreeForUs())
  }

  @Test func anotherProcessExcludesUs() async throws {
    let go = scratch.file("held")
    let script = "exec 9>\"$0\"; flock -x 9; : > \"$1\"; exec sleep 600"
    let pid = try spawn("/bin/sh", ["-c", script, path, go])
    #expect(try await eventually { Files.exists(go) })
    #expect(try FileLock.attempt(path: path) == nil)
    kill(pid, SIGKILL)
    #expect(exitStatus(of: pid) == 128 + SIGKILL)
    #expect(try await isFreeForUs())
  }

  @Test func aChildKeepsAnAbandonedLock() async throws {
    let lock = try #require(try FileLock.attempt(path: path))
    let pid = try DetachedProcess.start(
      executable: "/bin/sleep",
      arguments: ["600"],
      environment: [:],
      inherit: [3: lock.descriptor]
    )
    lock.abandon()
    #expect(lock.descriptor == -1)
    #expect(try FileLock.attempt(path: path) == nil)
    #expect(try !isFreeForOthers())
    kill(pid, SIGKILL)
    _ = exitStatus(of: pid)
    #expect(try await isFreeForUs())
  }

  @Test func releaseUnlocksForAChildToo() async throws {
    let lock = try #require(try FileLock.attempt(path: path))
    let pid = try DetachedProcess.start(
      executable: "/bin/sleep",
      arguments: ["600"],
      environment: [:],
      inherit: [3: lock.descriptor]
    )
    lock.release()
    #expect(try await isFreeForUs())
    kill(pid, SIGKILL)
    _ = exitStatus(of: pid)
  }

  @Test func anInheritedDescriptorIsAdopted() async throws {
    let lock = try #require(try FileLock.attempt(path: path))
    let copy = fcntl(lock.descriptor, F_DUPFD, 3)
    let adopted = try FileLock.adopt(descriptor: copy)
    #expect(fcntl(copy, F_GETFD) & FD_CLOEXEC != 0)
    lock.abandon()
    #expect(try FileLock.attempt(path: path) == nil)
    adopted.release()
    #expect(try await isFreeForUs())
  }

  @Test func aDescriptorWithoutTheLockIsNotAdopted() throws {
    let lock = try #require(try FileLock.attempt(path: path))
    let stranger = unsafe open(path, O_RDWR | O_CLOEXEC)
    #expect(throws: HostError.self) { try FileLock.adopt(descriptor: stranger) }
    #expect(throws: HostError.self) { try FileLock.adopt(descriptor: -1) }
    lock.release()
  }

  @Test func forgettingALockFreesIt() async throws {
    do {
      let lock = try #require(try FileLock.attempt(path: path))
      #expect(lock.descriptor >= 0)
    }
    #expect(try await eventually { try isFreeForOthers() })
  }

  @Test func givingUpTwiceClosesOnce() throws {
    let lock = try #require(try FileLock.attempt(path: path))
    lock.release()
    let other = try #require(try FileLock.attempt(path: path))
    lock.release()
    lock.abandon()
    #expect(other.descriptor >= 0)
    #expect(fcntl(other.descriptor, F_GETFD) >= 0)
    #expect(try !isFreeForOthers())
  }

  @Test func theHolderIsNamed() throws {
    #expect(FileLock.holder(path: path) == nil)
    let before = Int(Clock.now().timeIntervalSince1970)
    let lock = try #require(try FileLock.attempt(path: path))
    #expect(FileLock.holder(path: path) == nil)
    lock.note(pid: 4711, why: "a renewal that is much longer than the next")
    lock.note(pid: 42, why: "login")
    let note = try #require(FileLock.holder(path: path))
    #expect(note.pid == 42)
    #expect(note.why == "login")
    #expect(note.since >= before)
    lock.release()
    #expect(FileLock.holder(path: path) == nil)
  }

  @Test(arguments: ["", "{", "[]", "{\"pid\":\"x\"}", "\u{0}\u{0}"])
  func anotherContentNamesNobody(_ text: String) throws {
    #expect(FileLock.holder(path: try scratch.write("lock", text)) == nil)
  }

  @Test func theFileIsOursAlone() throws {
    let lock = try #require(try FileLock.attempt(path: path))
    var status = stat()
    #expect(unsafe stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(fcntl(lock.descriptor, F_GETFD) & FD_CLOEXEC != 0)
    lock.release()
    #expect(Files.exists(path))
  }

  @Test func onlyRegularFilesAreLocked() throws {
    let link = scratch.file("link")
    #expect(unsafe symlink(try scratch.write("target", ""), link) == 0)
    let fifo = scratch.file("fifo")
    #expect(unsafe mkfifo(fifo, 0o600) == 0)
    for refused in [link, fifo] {
      #expect { try FileLock.attempt(path: refused) } throws: { error in
        (error as? HostError)?.code == .notOurFile
      }
    }
    for missing in [scratch.path, scratch.file("no/such/folder")] {
      #expect { try FileLock.attempt(path: missing) } throws: { error in
        (error as? HostError)?.code == .system
      }
    }
  }
}
