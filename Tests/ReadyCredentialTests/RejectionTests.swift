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

@Suite struct RejectionTests {
  let kubectl = Caller(process: 100, started: 5000)

  @Test(arguments: [(0, false), (1999, false), (2000, true), (600_000, true), (-1, false)])
  func askingAgain(after distance: Int64, isRejection: Bool) throws {
    let scratch = try kept()
    #expect(try look(scratch, kubectl, after: 1000) == .hit(body[...]))
    let expected: Lookup = isRejection ? .miss(.rejected(body[...])) : .hit(body[...])
    #expect(try look(scratch, kubectl, after: 1000 + distance) == expected)
  }

  /// The first time counts: asking every second is no way around it.
  @Test func manyTimesInBetween() throws {
    let scratch = try kept()
    for second in [0, 1000, 1999] as [Int64] {
      #expect(try look(scratch, kubectl, after: second) == .hit(body[...]))
    }
    #expect(try look(scratch, kubectl, after: 2000) == .miss(.rejected(body[...])))
  }

  @Test func aReusedProcessNumberIsAnotherCaller() throws {
    let scratch = try kept()
    #expect(try look(scratch, kubectl, after: 0) == .hit(body[...]))
    let later = Caller(process: kubectl.process, started: kubectl.started + 1)
    #expect(try look(scratch, later, after: 5000) == .hit(body[...]))
  }

  @Test func withoutACallerNothingIsNotedOrRejected() throws {
    let scratch = try kept()
    let before = try bytes(scratch)
    #expect(try look(scratch, nil, after: 0) == .hit(body[...]))
    #expect(try look(scratch, nil, after: 5000) == .hit(body[...]))
    #expect(try bytes(scratch) == before)
  }

  /// Waiting for a lock is not asking again.
  @Test func theTimeOfAskingCounts() throws {
    let scratch = try kept()
    try scratch.ready.noteServed(someKey(), to: kubectl, at: noon)
    let later = noon.advanced(byMilliseconds: 9000)
    #expect(
      try scratch.ready.lookup(
        someKey(),
        storePath: scratch.store,
        now: later,
        askedAt: noon.advanced(byMilliseconds: 500),
        caller: kubectl
      ) == .hit(body[...])
    )
    #expect(try look(scratch, kubectl, after: 9000) == .miss(.rejected(body[...])))
  }

  /// It stays a rejection until the full program has taken it up, and then never is one again for these bytes.
  @Test func oncePerFile() throws {
    let scratch = try kept()
    #expect(try look(scratch, kubectl, after: 0) == .hit(body[...]))
    #expect(try look(scratch, kubectl, after: 3000) == .miss(.rejected(body[...])))
    #expect(try look(scratch, kubectl, after: 3001) == .miss(.rejected(body[...])))
    try scratch.ready.noteRejection(someKey())
    #expect(try look(scratch, kubectl, after: 3002) == .hit(body[...]))
    try scratch.ready.write(body, for: someKey(), terms: hour())
    #expect(try look(scratch, kubectl, after: 4000) == .hit(body[...]))
    #expect(try look(scratch, kubectl, after: 6000) == .miss(.rejected(body[...])))
  }

  /// Eight callers are remembered; the oldest gives way.
  @Test func theRing() throws {
    let scratch = try kept()
    let callers = (1...9).map { Caller(process: $0, started: 1) }
    for (index, caller) in callers.enumerated() {
      #expect(try look(scratch, caller, after: Int64(index)) == .hit(body[...]))
    }
    for caller in callers.dropFirst() {
      #expect(try look(scratch, caller, after: 5000) == .miss(.rejected(body[...])))
    }
    #expect(try look(scratch, callers[0], after: 5000) == .hit(body[...]))
    #expect(try look(scratch, callers[1], after: 5000) == .hit(body[...]))
  }

  @Test(
    arguments: [
      ("1 (a) S 1 1 1 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 12345 9 9\n", 12345),
      ("1 (a) b) (S) S 1 1 1 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 77 9 9\n", 77),
      ("1 (a) S 1 1 1 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 x 9 9\n", nil),
      ("1 (a) S 1 1 1", nil), ("", nil), (")", nil),
      ("1 (a) S 1 1 1 0 -1 4 1 0 0 0 0 0 0 0 20 0 1 0 99999999999999999999 9", nil),
    ] as [(String, UInt64?)]
  )
  func procStat(line: String, started: UInt64?) {
    #expect(Caller.startTime(inProcStat: Array(line.utf8)) == started)
  }

  @Test func onlyClientGoIsACaller() {
    #expect(Caller.clientGo(surroundings(["HOME": "/h"])) == nil)
    #expect(Caller.clientGo(surroundings(["KUBERNETES_EXEC_INFO": ""])) == nil)
    let caller = Caller.clientGo(surroundings(["KUBERNETES_EXEC_INFO": "{}"]))
    #expect(caller?.process == UInt32(getppid()))
    #expect(caller == Caller.clientGo(surroundings(["KUBERNETES_EXEC_INFO": "{}"])))
  }

  private func kept() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.ready.write(body, for: someKey(), terms: hour())
    return scratch
  }

  private func bytes(_ scratch: borrowing Scratch) throws -> [UInt8]? {
    try content(of: scratch.ready.path + "/" + someKey().hex)
  }

  private func look(
    _ scratch: borrowing Scratch,
    _ caller: Caller?,
    after distance: Int64
  ) throws -> Lookup {
    try scratch.ready.lookup(
      someKey(),
      storePath: scratch.store,
      now: noon.advanced(byMilliseconds: distance),
      caller: caller
    )
  }
}
