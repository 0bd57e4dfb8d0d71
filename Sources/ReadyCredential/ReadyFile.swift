// SPDX-License-Identifier: Apache-2.0

/// The content of a ready credential's file: a header with everything at a fixed place, then dependencies and body.
///
/// All numbers are little-endian. Offsets in bytes:
///
///       0  magic and format version, 8          32  epoch, 64, padded with zeros
///       8  valid-from, milliseconds             96  served: 8 slots of 24 (pid, 0, start time, when)
///      16  renew-at, milliseconds              288  checksum of everything from 296 on
///      24  1 if a rejection was taken up       296  good-until, milliseconds
///      28  length of the epoch                 304  number of dependencies; 308 length of the body
///     312  dependencies: path length, 0, inode, size, mtime seconds, mtime nanoseconds, path; then the body
///
/// Slots and the rejection mark are written in place; everything else never changes in a file.
struct ReadyFile {
  /// Format 2.
  ///
  /// Another version is malformed to this program, and is replaced by the next renewal.
  static let magic = Array("LNYDRDY2".utf8)
  static let headerLength = 312
  static let maximumLength = 1 << 20
  static let rejectionOffset = 24
  private static let servedOffset = 96
  private static let checksumOffset = 288
  private static let checkedOffset = 296
  private static let dependencyHeaderLength = 40

  var validFrom: UnixTime
  var renewAt: UnixTime
  var goodUntil: UnixTime
  var rejectionTaken = false
  var epoch: [UInt8]
  var served: [ServedSlot] = []
  var dependencies: [Dependency]
  var body: ArraySlice<UInt8>

  /// Where slot `index` lies in the file.
  static func offset(ofSlot index: Int) -> Int { servedOffset + index * ServedSlot.length }

  /// The bytes of the file, or nil if a part is longer than the format allows.
  func encoded() -> [UInt8]? {
    guard epoch.count <= StoreEpoch.maximumLength, dependencies.count <= Dependency.maximumCount
    else { return nil }
    var bytes = Self.magic
    bytes.append(littleEndian: validFrom.milliseconds)
    bytes.append(littleEndian: renewAt.milliseconds)
    bytes.append(littleEndian: UInt32(rejectionTaken ? 1 : 0))
    bytes.append(littleEndian: UInt32(epoch.count))
    bytes += epoch
    bytes.append(zeros: StoreEpoch.maximumLength - epoch.count)
    for slot in served.prefix(ServedSlot.count) { bytes += slot.encoded() }
    bytes.append(zeros: Self.checkedOffset - bytes.count)
    bytes.append(littleEndian: goodUntil.milliseconds)
    bytes.append(littleEndian: UInt32(dependencies.count))
    bytes.append(littleEndian: UInt32(clamping: body.count))
    for dependency in dependencies {
      guard dependency.path.utf8.count <= Dependency.maximumPathLength else { return nil }
      bytes.append(littleEndian: UInt32(dependency.path.utf8.count))
      bytes.append(littleEndian: UInt32(0))
      bytes.append(littleEndian: dependency.inode)
      bytes.append(littleEndian: dependency.size)
      bytes.append(littleEndian: dependency.modifiedSeconds)
      bytes.append(littleEndian: dependency.modifiedNanoseconds)
      bytes += dependency.path.utf8
    }
    bytes += body
    guard bytes.count <= Self.maximumLength else { return nil }
    var sum: [UInt8] = []
    sum.append(littleEndian: Self.checksum(bytes[Self.checkedOffset...]))
    bytes.replaceSubrange(Self.checksumOffset..<Self.checkedOffset, with: sum)
    return bytes
  }

  /// A file from its bytes, or nil if they are not exactly one well-formed file.
  init?(decoding bytes: [UInt8]) {
    guard bytes.count >= Self.headerLength, bytes.starts(with: Self.magic) else { return nil }
    validFrom = UnixTime(milliseconds: bytes.littleEndian(at: 8))
    renewAt = UnixTime(milliseconds: bytes.littleEndian(at: 16))
    rejectionTaken = bytes.littleEndian(at: Self.rejectionOffset, as: UInt32.self) != 0
    let epochLength = Int(bytes.littleEndian(at: 28, as: UInt32.self))
    guard epochLength <= StoreEpoch.maximumLength else { return nil }
    epoch = Array(bytes[32..<32 + epochLength])
    served = (0..<ServedSlot.count).map { index in
      ServedSlot(decoding: bytes, at: Self.offset(ofSlot: index))
    }
    guard
      Self.checksum(bytes[Self.checkedOffset...]) == bytes.littleEndian(at: Self.checksumOffset)
    else { return nil }
    goodUntil = UnixTime(milliseconds: bytes.littleEndian(at: Self.checkedOffset))
    let count = Int(bytes.littleEndian(at: 304, as: UInt32.self))
    let bodyLength = Int(bytes.littleEndian(at: 308, as: UInt32.self))
    guard count <= Dependency.maximumCount else { return nil }
    dependencies = []
    var position = Self.headerLength
    for _ in 0..<count {
      guard let dependency = Self.dependency(in: bytes, at: &position) else { return nil }
      dependencies.append(dependency)
    }
    guard bodyLength > 0, bytes.count - position == bodyLength else { return nil }
    body = bytes[position...]
  }

  /// A new file that has served nobody.
  init(
    validFrom: UnixTime,
    renewAt: UnixTime,
    goodUntil: UnixTime,
    epoch: [UInt8],
    dependencies: [Dependency],
    body: [UInt8]
  ) {
    self.validFrom = validFrom
    self.renewAt = renewAt
    self.goodUntil = goodUntil
    self.epoch = epoch
    self.dependencies = dependencies
    self.body = body[...]
  }

  private static func dependency(in bytes: [UInt8], at position: inout Int) -> Dependency? {
    guard bytes.count - position >= dependencyHeaderLength else { return nil }
    let length = Int(bytes.littleEndian(at: position, as: UInt32.self))
    let start = position + dependencyHeaderLength
    guard length <= Dependency.maximumPathLength, bytes.count - start >= length,
      let path = String(validating: bytes[start..<start + length], as: UTF8.self)
    else { return nil }
    defer { position = start + length }
    return Dependency(
      path: path,
      inode: bytes.littleEndian(at: position + 8),
      size: bytes.littleEndian(at: position + 16),
      modifiedSeconds: bytes.littleEndian(at: position + 24),
      modifiedNanoseconds: bytes.littleEndian(at: position + 32)
    )
  }

  /// FNV-1a, 64 bits: a page that a power loss left unwritten must not be printed.
  ///
  /// It guards against nothing else.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { sum, byte in
      (sum ^ UInt64(byte)) &* 0x100_0000_01b3
    }
  }
}
