// SPDX-License-Identifier: Apache-2.0

package import Host
package import OAuth
import ReadyCredential

/// The issuers that the user has trusted with secrets which a kubeconfig names: one a line, in a file of their own.
///
/// `lanyard login` and `lanyard trust` add to it; nothing in a kubeconfig can. So it lies in the home folder that the
/// user database names, because a kubeconfig's `exec.env` can set `HOME` and `XDG_CONFIG_HOME`.
package struct TrustedIssuers: Sendable {
  /// The file; `#` begins a comment.
  package let path: String

  /// The most bytes of the file that are read: some thousand issuers.
  private static let limit = 1 << 18

  /// The file in an account's home folder.
  package init(home: String) { path = "\(home)/.config/lanyard/trusted-issuers" }

  /// The file of this account; else, for accounts without a home of their own, one beside the session store.
  ///
  /// Throws a failure if there is no place for that either.
  static func current(_ surroundings: ProcessSurroundings) throws(Failure) -> TrustedIssuers {
    if let home = AccountHome.path() { return TrustedIssuers(home: home) }
    guard let folder = StorePath.resolve(surroundings.hot) else { throw Composition.noStoreFolder }
    return TrustedIssuers(storeFolder: folder)
  }

  /// The file of this account, where it is known where the session store is.
  static func current(storeFolder: String) -> TrustedIssuers {
    AccountHome.path().map { TrustedIssuers(home: $0) } ?? TrustedIssuers(storeFolder: storeFolder)
  }

  private init(storeFolder: String) { self.init(path: "\(storeFolder)/trusted-issuers") }

  private init(path: String) { self.path = path }

  /// Whether the issuer is trusted; compared byte for byte.
  ///
  /// Throws `.notOurFile` if somebody else could have written the file, and errors of reading.
  package func holds(_ issuer: Issuer) throws(HostError) -> Bool {
    guard let bytes = try OwnFile.read(path, limit: Self.limit) else { return false }
    let wanted = Array(issuer.text.utf8)
    return bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
      .contains { Self.trimmed($0).elementsEqual(wanted) }
  }

  /// Trusts the issuer from now on; nothing happens if it is trusted already.
  package func add(_ issuer: Issuer) throws(HostError) {
    if try holds(issuer) { return }
    try OwnFile.append(line: issuer.text, to: path)
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line
    let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
    while let first = line.first, blanks.contains(first) { line.removeFirst() }
    while let last = line.last, blanks.contains(last) { line.removeLast() }
    return line
  }
}
