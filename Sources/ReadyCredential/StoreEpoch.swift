// SPDX-License-Identifier: Apache-2.0

/// The store's epoch: a small file that login, logout, account switch, `store use` and rekey replace.
///
/// A ready credential made in another epoch is not printed any more.
package enum StoreEpoch {
  /// The longest content that counts, in bytes.
  package static let maximumLength = 64

  /// The content of `<storePath>/epoch`: empty if there is no such file, nil if it cannot be read or is too long.
  package static func read(storePath: String) -> [UInt8]? {
    switch Descriptor.open(storePath + "/epoch") {
    case .missing: return []
    case .failed: return nil
    case .opened(let file):
      guard let status = file.status, status.isRegular, status.size <= maximumLength else {
        return nil
      }
      return file.read(atMost: maximumLength)
    }
  }
}
