// SPDX-License-Identifier: Apache-2.0

/// What a key file protects against and what not; said once, by the login that makes it.
package enum KeyNotice {
  /// The lines to say.
  package static func lines(folder: String) -> [String] {
    [
      "your sessions are kept encrypted in \(folder); the key is the file \"key\" beside them",
      "  that keeps tokens out of backups and copies of single files, and out of other accounts' reach;",
      "  it does not protect against anybody who can read all of your files, such as a program that you run",
    ]
  }
}
