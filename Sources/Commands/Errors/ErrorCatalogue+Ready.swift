// SPDX-License-Identifier: Apache-2.0

import ReadyCredential

extension ErrorCatalogue {
  /// Why a credential was not kept ready; a warning, for the token is printed all the same.
  static func entry(_ code: ReadyCredentialError.Code) -> Entry {
    switch code {
    case .unsafeFolder: ReadyEntries.unsafeFolder
    case .cannotCreateFolder: ReadyEntries.cannotCreateFolder
    case .cannotWrite: ReadyEntries.cannotWrite
    case .tooLarge: ReadyEntries.tooLarge
    }
  }
}

private enum ReadyEntries {
  static let unsafeFolder = ErrorCatalogue.Entry(
    "ready.unsafe-folder",
    meaning: "the folder of ready credentials is not private",
    cause: "owned by somebody else, or writable by others",
    remedy: "check owner and mode, or set XDG_CACHE_HOME to another folder"
  )
  static let cannotCreateFolder = ErrorCatalogue.Entry(
    "ready.cannot-create-folder",
    meaning: "the folder of ready credentials could not be made",
    cause: "a home folder that is read-only or missing",
    remedy: "check free space and permissions there"
  )
  static let cannotWrite = ErrorCatalogue.Entry(
    "ready.cannot-write",
    meaning: "a ready credential could not be written",
    cause: "a full disk, or missing permission",
    remedy: "check free space and permissions there"
  )
  static let tooLarge = ErrorCatalogue.Entry(
    "ready.too-large",
    meaning: "the credential is too large to be kept ready",
    cause: "tokens with thousands of groups",
    remedy: "ask the issuer for fewer claims"
  )
}
