// SPDX-License-Identifier: Apache-2.0

/// One place in the ring of callers that a ready credential was printed for.
struct ServedSlot: Equatable {
  /// How many a file remembers; the oldest gives way.
  static let count = 8
  /// Bytes in the file.
  static let length = 24

  /// All zero: nobody.
  var caller: Caller
  var when: UnixTime

  var isEmpty: Bool { caller.process == 0 }

  init(caller: Caller, when: UnixTime) {
    self.caller = caller
    self.when = when
  }

  init(decoding bytes: [UInt8], at offset: Int) {
    caller = Caller(
      process: bytes.littleEndian(at: offset),
      started: bytes.littleEndian(at: offset + 8)
    )
    when = UnixTime(milliseconds: bytes.littleEndian(at: offset + 16))
  }

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: caller.process)
    bytes.append(littleEndian: UInt32(0))
    bytes.append(littleEndian: caller.started)
    bytes.append(littleEndian: when.milliseconds)
    return bytes
  }
}

extension [ServedSlot] {
  /// When this caller was served first, nil if it is not among those remembered.
  func firstServed(_ caller: Caller) -> UnixTime? {
    first { !$0.isEmpty && $0.caller == caller }?.when
  }

  /// The slot to write a new caller to: an empty one, else the oldest.
  var slotToReplace: Int {
    if let empty = firstIndex(where: \.isEmpty) { return empty }
    return indices.min { self[$0].when < self[$1].when } ?? 0
  }
}
