// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import ReadyCredential
import SessionStore

/// Which issuers the user has trusted with secrets that a kubeconfig names.
///
/// `lanyard login` and `lanyard trust` set it; nothing in a kubeconfig can.
struct TrustMark {
  let store: SessionStore

  private func name(_ issuer: Issuer) -> String {
    let digest = SHA256.hash(Array("lanyard/trust/1\n\(issuer.text)".utf8))
    return "trusted-"
      + digest.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }

  /// Whether the issuer is trusted.
  func holds(issuer: Issuer) -> Bool {
    store.readCache(name: name(issuer)) == Array(issuer.text.utf8)
  }

  /// Trusts the issuer from now on.
  func set(issuer: Issuer) throws(StoreError) {
    try store.prepareFolders()
    try store.writeCache(name: name(issuer), Array(issuer.text.utf8))
  }
}
