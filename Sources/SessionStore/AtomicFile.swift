// SPDX-License-Identifier: Apache-2.0

/// Writes whole files so that a reader, a kill or a power loss sees the old contents or the new, nothing between.
///
/// The order is: new file (exclusive, 0600) → write → fsync → close → rename → fsync of the folder.
struct AtomicFile: Sendable {
  /// A new file that is not in its place yet.
  struct Temporary: Sendable {
    let path: String
    let descriptor: Int32
    /// Whether space was allocated, so that the file may be longer than what is written.
    let reserved: Bool
  }

  /// What may stand at the destination.
  enum Placement { case replacing, mustBeNew }

  let files: FileEffects
  let random: @Sendable (Int) -> [UInt8]

  static let marker = ".tmp-"

  func begin(for path: String, allocating length: Int?) throws(FileFault) -> Temporary {
    let temporary = path + Self.marker + Hex.encode(random(8))
    let descriptor = try files.create(temporary)
    let begun = Temporary(path: temporary, descriptor: descriptor, reserved: length != nil)
    guard let length else { return begun }
    do throws(FileFault) {
      try files.allocate(descriptor, length)
    } catch {
      abandon(begun)
      throw error
    }
    return begun
  }

  func finish(
    _ temporary: Temporary,
    bytes: [UInt8],
    at path: String,
    _ placement: Placement = .replacing,
    durable: Bool = true
  ) throws(FileFault) {
    try fill(temporary, with: bytes, durable: durable)
    do throws(FileFault) {
      switch placement {
      case .replacing: try files.rename(temporary.path, path)
      case .mustBeNew: try files.renameNew(temporary.path, path)
      }
    } catch {
      try? files.unlink(temporary.path)
      throw error
    }
    if durable { try files.syncFolder(parentFolder(of: path)) }
  }

  func write(
    _ bytes: [UInt8],
    to path: String,
    _ placement: Placement = .replacing,
    durable: Bool = true
  ) throws(FileFault) {
    let temporary = try begin(for: path, allocating: nil)
    try finish(temporary, bytes: bytes, at: path, placement, durable: durable)
  }

  func abandon(_ temporary: Temporary) {
    try? files.close(temporary.descriptor)
    try? files.unlink(temporary.path)
  }

  /// Brings the contents to the disk and closes; on failure nothing of the file is left.
  private func fill(
    _ temporary: Temporary,
    with bytes: [UInt8],
    durable: Bool
  ) throws(FileFault) {
    do throws(FileFault) {
      var left = bytes[...]
      while !left.isEmpty {
        left = left.dropFirst(try files.write(temporary.descriptor, left))
      }
      if temporary.reserved { try files.truncate(temporary.descriptor, bytes.count) }
      if durable { try files.sync(temporary.descriptor) }
    } catch {
      abandon(temporary)
      throw error
    }
    do throws(FileFault) {
      try files.close(temporary.descriptor)
    } catch {
      try? files.unlink(temporary.path)
      throw error
    }
  }
}
