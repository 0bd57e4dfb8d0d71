// SPDX-License-Identifier: Apache-2.0

extension SessionStore {
  /// The store's epoch: a mark that every ready credential carries, so that none outlives a login or logout.
  ///
  /// At most 64 bytes, compared as they are; empty if there is none or it cannot be read. It is the plain content
  /// of `<folder>/epoch`.
  package func epoch() -> [UInt8] {
    guard let contents = try? files.read("\(folder)/epoch", 64), contents.bytes.count <= 64 else {
      return []
    }
    return contents.bytes
  }

  /// Replaces the epoch by 32 fresh hexadecimal digits, durably; login, logout and key changes do so.
  ///
  /// Throws the errors of ``prepareFolders()`` and of writing; the old epoch then stands.
  package func advanceEpoch() throws(StoreError) {
    try prepareFolders()
    let path = "\(folder)/epoch"
    let next = Array(Hex.encode(random(16)).utf8)
    let atomic = atomic
    try attempt("write", path) { () throws(FileFault) in try atomic.write(next, to: path) }
  }
}
