// SPDX-License-Identifier: Apache-2.0

extension SessionStore {
  /// The largest document that the cache keeps, in bytes.
  package static let maximumCachedDocument = 1 << 20

  /// What the note of an outage is named, of something that has no session.
  package static func outageName(of id: SessionID) -> String { "outage-\(id)" }

  /// What the note is named that it takes long to have something that has no session.
  package static func slownessName(of id: SessionID) -> String { "slow-\(id)" }

  /// A small public document kept beside the sessions, such as issuer metadata; nil for whatever reason.
  ///
  /// The contents are as trustworthy as the folder, which must belong to this user.
  package func readCache(name: String) -> [UInt8]? {
    guard isSafeName(name), (try? inspect(folder, forWriting: true)) == true,
      (try? inspect(cacheFolder, forWriting: true)) == true,
      let contents = try? files.read("\(cacheFolder)/\(name)", Self.maximumCachedDocument),
      contents.bytes.count <= Self.maximumCachedDocument
    else { return nil }
    return contents.bytes
  }

  /// Keeps a small public document: atomic, 0600, but not durable, since it can be fetched again.
  ///
  /// `name` is 1 to 128 letters, digits, `.`, `_`, `-` without a leading dot; other names and documents over
  /// 1 MiB throw `.tooLarge`. Also throws the errors of ``prepareFolders()`` and of writing.
  package func writeCache(name: String, _ bytes: [UInt8]) throws(StoreError) {
    guard isSafeName(name), bytes.count <= Self.maximumCachedDocument else {
      throw StoreError(
        .tooLarge,
        what: "a document of \(bytes.count) bytes named \(quoted(name)) is not cached",
        remedy: "nothing to do; it will be fetched again"
      )
    }
    try prepareFolders()
    let path = "\(cacheFolder)/\(name)"
    let atomic = atomic
    try attempt("write", path) { () throws(FileFault) in
      try atomic.write(bytes, to: path, durable: false)
    }
  }
}
