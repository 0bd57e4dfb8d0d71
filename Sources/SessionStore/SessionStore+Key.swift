// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The recorded choice of a key source, `<folder>/store.json`.
struct KeyChoice: Codable, Equatable {
  static let currentVersion = 1

  var version = currentVersion
  var keySource: String
  var keyID: String
}

extension SessionStore {
  /// The data key from the recorded source.
  ///
  /// Throws `.notEstablished` if no login has chosen a source yet, `.keyUnavailable` if the source has no key or
  /// another one than recorded, `.newerVersion` or `.corrupt` for an unreadable record, and the source's errors.
  package func unlock() throws(StoreError) -> DataKey {
    guard try inspect(folder, forWriting: false), let choice = try loadChoice() else {
      throw StoreError(
        .notEstablished,
        what: "there is no session store in \(quoted(folder)) yet",
        remedy: "log in: lanyard login"
      )
    }
    return try key(for: choice)
  }

  /// The data key, made if this is the first login; the caller holds the store lock.
  ///
  /// A recorded choice is used as it is, whatever `name` says; a key without a record (a first login that was
  /// killed) is adopted; so two first logins cannot make two keys. `created` tells whether a key was made.
  /// Throws what ``unlock()`` throws, and the errors of writing.
  package func establish(
    source name: String = "key-file"
  ) throws(StoreError) -> (key: DataKey, created: Bool) {
    try prepareFolders()
    if let choice = try loadChoiceOrSetAside() { return (try key(for: choice), false) }
    let source = try source(named: name)
    if let existing = try source.load() {
      try record(source, existing)
      return (existing, false)
    }
    let key = try source.create(random: random)
    try record(source, key)
    return (key, true)
  }

  private var choicePath: String { "\(folder)/store.json" }

  private func key(for choice: KeyChoice) throws(StoreError) -> DataKey {
    let source = try source(named: choice.keySource)
    guard let key = try source.load() else {
      throw StoreError(
        .keyUnavailable,
        what: "the data key is missing from \(quoted(source.place))",
        remedy:
          "restore it from a backup, or give up the sessions: remove \(quoted(choicePath)) and log in"
      )
    }
    guard "\(key.id)" == choice.keyID else {
      throw StoreError(
        .keyUnavailable,
        what: "\(quoted(source.place)) holds key \(key.id), and the sessions use another one",
        remedy:
          "restore the old key, or give up the sessions: remove \(quoted(choicePath)) and log in"
      )
    }
    return key
  }

  private func source(named name: String) throws(StoreError) -> any KeySource {
    if let source = keySources.first(where: { $0.name == name }) { return source }
    throw StoreError(
      .keyUnavailable,
      what: "this lanyard does not know the key source \(quoted(name))",
      remedy:
        "use a lanyard that does; known here: \(keySources.map(\.name).joined(separator: ", "))"
    )
  }

  private func record(_ source: any KeySource, _ key: DataKey) throws(StoreError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let choice = KeyChoice(keySource: source.name, keyID: "\(key.id)")
    guard let text = try? encoder.encode(choice) else { throw damagedChoice() }
    let path = choicePath
    let atomic = atomic
    try attempt("write", path) { () throws(FileFault) in
      try atomic.write(Array(text) + [UInt8(ascii: "\n")], to: path)
    }
  }

  private func loadChoice() throws(StoreError) -> KeyChoice? {
    let path = choicePath
    let found = try attempt("read", path) { () throws(FileFault) in try files.read(path, 4096) }
    guard let found else { return nil }
    struct Versioned: Decodable { var version: Int }
    let data = Data(found.bytes)
    guard found.bytes.count <= 4096,
      let versioned = try? JSONDecoder().decode(Versioned.self, from: data)
    else { throw damagedChoice() }
    guard versioned.version <= KeyChoice.currentVersion else {
      throw StoreError(
        .newerVersion,
        what: "\(quoted(path)) was written by a newer lanyard",
        remedy: "use that lanyard"
      )
    }
    guard let choice = try? JSONDecoder().decode(KeyChoice.self, from: data) else {
      throw damagedChoice()
    }
    return choice
  }

  private func loadChoiceOrSetAside() throws(StoreError) -> KeyChoice? {
    do throws(StoreError) {
      return try loadChoice()
    } catch {
      guard case .corrupt = error.code else { throw error }
      let path = choicePath
      try attempt("set aside", path) { () throws(FileFault) in
        try files.rename(path, "\(path).corrupt-\(Hex.encode(random(4)))")
      }
      return nil
    }
  }

  private func damagedChoice() -> StoreError {
    StoreError(
      .corrupt(setAside: nil),
      what: "\(quoted(choicePath)) is damaged",
      remedy: "log in again; the key file and the sessions are kept: lanyard login"
    )
  }
}
