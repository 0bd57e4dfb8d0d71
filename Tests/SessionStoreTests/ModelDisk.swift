// SPDX-License-Identifier: Apache-2.0

import Synchronization

import SessionStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A disk in memory that knows what a crash would leave, and that fails or dies at any chosen step.
final class ModelDisk: Sendable {
  /// What is left after a crash.
  enum Aftermath: CaseIterable {
    /// The process was killed: all that it wrote is there.
    case everything
    /// Power was lost: only what was synced is there.
    case onlySynced
    /// Power was lost: names were written early, contents only as far as they were synced.
    case namesBeforeContents
  }

  enum Trouble: Equatable {
    case none
    /// From this step on nothing happens any more; the process is dead.
    case killed(at: Int)
    /// This write writes half, then the process is dead.
    case killedHalfway(at: Int)
    /// This one step fails.
    case fails(at: Int, Int32)
    /// This step and all later ones of its name fail.
    case failsFrom(at: Int, Int32)
  }

  struct File {
    var bytes: [UInt8] = []
    var synced: [UInt8] = []
    var owner: UInt32 = 1000
    var mode: UInt32 = 0o600
    var modified: Int64 = 0
  }

  struct State {
    var files: [Int: File] = [:]
    var names: [String: Int] = [:]
    var syncedNames: [String: Int] = [:]
    var folders: [String: FileStatus] = [:]
    var links: Set<String> = []
    var networks: Set<String> = []
    var descriptors: [Int32: (file: Int, offset: Int)] = [:]
    var nextFile = 1
    var steps: [String] = []
    var trouble = Trouble.none
    var isDead = false
    var longestWrite = Int.max
    var uid: UInt32 = 1000
  }

  let state: Mutex<State>

  init(_ state: sending State = State()) {
    self.state = Mutex(state)
    self.state.withLock { state in
      if state.folders.isEmpty { for path in ["/", "/home"] { state.folders[path] = Self.folder } }
    }
  }

  static let folder = FileStatus(kind: .folder, owner: 1000, mode: 0o700, modified: 0)

  func edit(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  var names: [String] { state.withLock { $0.names.keys.sorted() } }
  var steps: [String] { state.withLock(\.steps) }

  func bytes(_ path: String) -> [UInt8]? {
    state.withLock { state in state.names[path].flatMap { state.files[$0]?.bytes } }
  }

  func put(_ path: String, _ bytes: [UInt8], owner: UInt32 = 1000, mode: UInt32 = 0o600) {
    state.withLock { state in
      state.files[state.nextFile] = File(bytes: bytes, synced: bytes, owner: owner, mode: mode)
      state.names[path] = state.nextFile
      state.syncedNames[path] = state.nextFile
      state.nextFile += 1
    }
  }

  /// The disk as the next process finds it.
  func afterCrash(_ aftermath: Aftermath) -> ModelDisk {
    let old = state.withLock { state -> (files: [Int: File], names: [String: Int], State) in
      (state.files, aftermath == .onlySynced ? state.syncedNames : state.names, state)
    }
    var next = State()
    next.nextFile = old.2.nextFile
    next.folders = old.2.folders
    next.names = old.names
    next.syncedNames = old.names
    next.files = old.files.mapValues { file in
      var file = file
      if aftermath != .everything { file.bytes = file.synced }
      file.synced = file.bytes
      return file
    }
    return ModelDisk(next)
  }

  func step(_ name: String, _ body: (inout State) throws(FileFault) -> Int) throws(FileFault) -> Int
  {
    let result: Result<Int, FileFault> = state.withLock { state in
      do throws(FileFault) {
        if state.isDead { throw FileFault(EIO) }
        state.steps.append(name)
        let number = state.steps.count - 1
        switch state.trouble {
        case .killed(let at) where at == number:
          state.isDead = true
          throw FileFault(EIO)
        case .killedHalfway(let at) where at == number:
          state.longestWrite = 20
          if name == "write" { _ = try body(&state) }
          state.isDead = true
          throw FileFault(EIO)
        case .fails(let at, let error) where at == number: throw FileFault(error)
        case .failsFrom(let at, let error) where number >= at && name == state.steps[at]:
          throw FileFault(error)
        default: return .success(try body(&state))
        }
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
