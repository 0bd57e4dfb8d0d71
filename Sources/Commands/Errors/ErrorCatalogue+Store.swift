// SPDX-License-Identifier: Apache-2.0

import SessionStore

extension ErrorCatalogue {
  /// Failures of the session store.
  static func entry(_ code: StoreError.Code) -> Entry {
    switch code {
    case .folderMissing: StoreEntries.folderMissing
    case .folderReadOnly: StoreEntries.folderReadOnly
    case .folderFull: StoreEntries.folderFull
    case .folderForeign: StoreEntries.folderForeign
    case .folderUnreachable: StoreEntries.folderUnreachable
    case .folderUnsafe: StoreEntries.folderUnsafe
    case .hostUnknown: StoreEntries.hostUnknown
    case .newerVersion: StoreEntries.newerVersion
    case .unknownKey: StoreEntries.unknownKey
    case .corrupt: StoreEntries.corrupt
    case .conflict: StoreEntries.conflict
    case .notEstablished: StoreEntries.notEstablished
    case .keyUnavailable: StoreEntries.keyUnavailable
    case .keyUnsafe: StoreEntries.keyUnsafe
    case .tooLarge: StoreEntries.tooLarge
    case .io: StoreEntries.io
    }
  }
}

private enum StoreEntries {
  static let folderMissing = ErrorCatalogue.Entry(
    "store.folder-missing",
    meaning: "a folder of the store is not there and could not be made",
    cause: "a home folder that does not exist, or a wrong XDG_STATE_HOME",
    remedy: "create the folder that the message names, owned by you, mode 0700"
  )
  static let folderReadOnly = ErrorCatalogue.Entry(
    "store.folder-read-only",
    meaning: "the store cannot be written",
    cause: "a read-only file system, or missing permission",
    remedy: "make the folder writable, or set XDG_STATE_HOME to another"
  )
  static let folderFull = ErrorCatalogue.Entry(
    "store.folder-full",
    meaning: "the store has no space or quota left",
    cause: "a full disk",
    remedy: "free some space; nothing was lost"
  )
  static let folderForeign = ErrorCatalogue.Entry(
    "store.folder-foreign",
    meaning: "a folder of the store belongs to another user",
    cause: "sudo with HOME kept, now or earlier, or a mapped user in a container",
    remedy:
      "run lanyard as the owner, take the folder back (chown), or set XDG_STATE_HOME to another"
  )
  static let folderUnreachable = ErrorCatalogue.Entry(
    "store.folder-unreachable",
    meaning: "the way to the store's folder is closed to this user",
    cause:
      "HOME names another user's folder, as in a container that runs as a user of its own, or no folder",
    remedy: "set HOME or XDG_STATE_HOME to a folder of your own"
  )
  static let folderUnsafe = ErrorCatalogue.Entry(
    "store.folder-unsafe",
    meaning: "a folder of the store can be changed by others, or is a link",
    cause: "a mode such as 0777, or a symbolic link in its place",
    remedy: "put a real folder there that only you can write"
  )
  static let hostUnknown = ErrorCatalogue.Entry(
    "store.host-unknown",
    meaning: "the store is on a network file system, and this host has no id",
    cause: "no /etc/machine-id, as in a container",
    remedy: "set XDG_STATE_HOME to a local folder"
  )
  static let newerVersion = ErrorCatalogue.Entry(
    "store.newer-version",
    meaning: "a newer lanyard wrote the file; it was left alone",
    cause: "a downgrade, or two versions on one home folder",
    remedy: "install the newer lanyard"
  )
  static let unknownKey = ErrorCatalogue.Entry(
    "store.unknown-key",
    meaning: "a session is encrypted under another key; it is not damaged",
    cause: "the key of the store was replaced",
    remedy: "bring the key file back, or log in again"
  )
  static let corrupt = ErrorCatalogue.Entry(
    "store.corrupt",
    meaning: "a file is damaged and was set aside",
    cause: "a crash of the disk, or somebody edited it",
    remedy: "log in again; the message names where the file is now"
  )
  static let conflict = ErrorCatalogue.Entry(
    "store.conflict",
    meaning: "another process wrote the session first",
    cause: "two logins at the same time",
    remedy: "try again: the other one's session is there"
  )
  static let notEstablished = ErrorCatalogue.Entry(
    "store.not-established",
    meaning: "there is no store yet",
    cause: "nobody has logged in on this machine",
    remedy: "log in"
  )
  static let keyUnavailable = ErrorCatalogue.Entry(
    "store.key-unavailable",
    meaning: "the key of the store cannot be had",
    cause: "the key file was removed, or is of a kind that this lanyard does not know",
    remedy: "bring it back, or remove the store and log in again"
  )
  static let keyUnsafe = ErrorCatalogue.Entry(
    "store.key-unsafe",
    meaning: "the key file has the wrong size, mode or owner",
    cause: "others may have read it",
    remedy: "check it, then make it yours alone: chown and chmod 600"
  )
  static let tooLarge = ErrorCatalogue.Entry(
    "store.too-large",
    meaning: "something is larger than the store's format allows",
    cause: "tokens with thousands of groups",
    remedy: "have the issuer put less into its tokens"
  )
  static let io = ErrorCatalogue.Entry(
    "store.io",
    meaning: "the file system failed in another way",
    cause: "a broken disk or mount, or a limit of this process (ulimit)",
    remedy: "check the disk that the message names, or raise the limit"
  )
}
