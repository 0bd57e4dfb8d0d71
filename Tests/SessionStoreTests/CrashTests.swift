// SPDX-License-Identifier: Apache-2.0

import Testing

import SessionStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Stops, fails and cuts a commit at every step of it, and looks at what the next process finds.
@Suite struct CrashTests {
  /// A commit of generation 2, with or without a reservation; whether it said that it succeeded.
  private func commit(_ disk: ModelDisk, reserving: Bool) throws -> Result<UInt64, StoreError> {
    let (store, id, key) = (Fixture.store(disk), try Fixture.id(1), try Fixture.key())
    return Result { () throws(StoreError) in
      let reservation = reserving ? try store.reserve(id, capacity: 100) : nil
      return try store.commit(
        id,
        header: Fixture.text("h2"),
        payload: Payload(Fixture.text("new")),
        key: key,
        expecting: 1,
        using: reservation
      )
    }
  }

  private func stepCount(reserving: Bool) throws -> Int {
    let disk = try Fixture.diskWithOld()
    #expect(try commit(disk, reserving: reserving).get() == 2)
    return disk.steps.count
  }

  private func found(_ disk: ModelDisk) throws -> String {
    let session = try Fixture.store(disk).open(Fixture.id(1), key: Fixture.key())
    return session.map { String(decoding: $0.payload.bytes, as: UTF8.self) } ?? "none"
  }

  @Test(arguments: [false, true])
  func theOrderOfStepsIsTheOneThatSurvives(reserving: Bool) throws {
    let disk = try Fixture.diskWithOld()
    _ = try commit(disk, reserving: reserving).get()
    let expected =
      reserving
      ? ["create", "allocate", "write", "truncate", "sync", "close", "rename", "syncFolder"]
      : ["create", "write", "sync", "close", "rename", "syncFolder"]
    #expect(disk.steps == expected)
  }

  @Test(arguments: [false, true], ModelDisk.Aftermath.allCases)
  func aKillAtAnyStepLeavesTheOldOrTheNew(
    reserving: Bool,
    aftermath: ModelDisk.Aftermath
  ) throws {
    var seen: Set<String> = []
    for step in 0..<(try stepCount(reserving: reserving)) {
      for trouble in [ModelDisk.Trouble.killed(at: step), .killedHalfway(at: step)] {
        let disk = try Fixture.diskWithOld()
        disk.edit { $0.trouble = trouble }
        #expect(throws: StoreError.self) { try commit(disk, reserving: reserving).get() }
        let next = disk.afterCrash(aftermath)
        let result = try found(next)
        #expect(["old", "new"].contains(result), "\(trouble)")
        seen.insert(result)
        // What the dead writer left is swept by the next one, who can write as ever.
        let store = Fixture.store(next)
        let reservation = try store.reserve(Fixture.id(1), capacity: 10)
        #expect(next.names.count { $0.contains(".tmp-") } == 1)
        reservation.discard()
        #expect(!next.names.contains { $0.contains(".tmp-") })
      }
    }
    #expect(seen.contains("old"))
    #expect(seen.contains("new") == (aftermath != .onlySynced))
  }

  @Test(arguments: [false, true], ModelDisk.Aftermath.allCases)
  func whatWasReportedAsDoneSurvivesAPowerLoss(
    reserving: Bool,
    aftermath: ModelDisk.Aftermath
  ) throws {
    let disk = try Fixture.diskWithOld()
    #expect(try commit(disk, reserving: reserving).get() == 2)
    #expect(try found(disk.afterCrash(aftermath)) == "new")
  }

  @Test(arguments: [false, true], [ENOSPC, EDQUOT, EIO, EROFS])
  func aStepThatGoesOnFailingIsReportedAndLosesNothing(
    reserving: Bool,
    number: Int32
  ) throws {
    for step in 0..<(try stepCount(reserving: reserving)) {
      let disk = try Fixture.diskWithOld()
      disk.edit { $0.trouble = .failsFrom(at: step, number) }
      let result = try commit(disk, reserving: reserving)
      let name = disk.steps[step]
      // Without truncation the second, unreserved attempt succeeds; all else goes on failing.
      if case .failure(let error) = result {
        let code: StoreError.Code =
          switch number {
          case EIO: .io
          case EROFS: .folderReadOnly
          default: .folderFull
          }
        #expect(error.code == code, "\(name)")
        #expect(error.cause != nil)
      } else {
        #expect(name == "truncate")
      }
      for aftermath in ModelDisk.Aftermath.allCases {
        let after = try found(disk.afterCrash(aftermath))
        #expect(after == "old" || after == "new", "\(name)")
        if case .success = result { #expect(after == "new") }
      }
      #expect(!disk.names.contains { $0.contains(".tmp-") }, "\(name)")
    }
  }

  @Test func oneFailureThroughTheReservationIsTriedOnceMore() throws {
    for step in 2..<(try stepCount(reserving: true)) {
      let disk = try Fixture.diskWithOld()
      disk.edit { $0.trouble = .fails(at: step, EIO) }
      #expect(try commit(disk, reserving: true).get() == 2, "\(disk.steps[step])")
      #expect(try found(disk.afterCrash(.onlySynced)) == "new")
    }
  }

  @Test(arguments: [1, 7, 39])
  func shortWritesAreContinued(length: Int) throws {
    let disk = try Fixture.diskWithOld()
    disk.edit { $0.longestWrite = length }
    #expect(try commit(disk, reserving: true).get() == 2)
    #expect(try found(disk) == "new")
  }

  @Test func aReservationThatSomeoneSweptDoesNotLoseTheSuccessor() throws {
    let disk = try Fixture.diskWithOld()
    let (store, id) = (Fixture.store(disk), try Fixture.id(1))
    let reservation = try store.reserve(id, capacity: 10)
    store.sweep(id)
    let generation = try store.commit(
      id,
      header: [],
      payload: Payload(Fixture.text("new")),
      key: Fixture.key(),
      expecting: 1,
      using: reservation
    )
    #expect(generation == 2)
    #expect(try found(disk) == "new")
  }

  @Test func aFirstLoginKilledAnywhereLeavesNoneOrTheNew() throws {
    let id = try Fixture.id(1)
    for step in 0..<30 {
      let disk = ModelDisk()
      disk.edit { $0.trouble = .killed(at: step) }
      let store = Fixture.store(disk)
      _ = Fixture.error { () throws(StoreError) in
        let established = try store.establish()
        return try store.commit(
          id,
          header: [],
          payload: Payload([1]),
          key: established.key,
          expecting: nil,
          using: nil
        )
      }
      for aftermath in ModelDisk.Aftermath.allCases {
        let next = Fixture.store(disk.afterCrash(aftermath))
        let session = try next.open(id, key: next.establish().key)
        #expect(session == nil || session?.payload == Payload([1]), "step \(step)")
      }
    }
  }
}
