// SPDX-License-Identifier: Apache-2.0

import OAuth
package import SessionStore

extension CredentialRequest {
  /// The session that this request belongs to.
  ///
  /// Everything that changes who the token speaks for or what it may do is hashed, length-prefixed and versioned:
  /// issuer, client, grant, account, sorted scopes, audience. How the login is done (listener, browser) is not, and
  /// neither is the kind of token, because one login gives both. Unstable or colliding keys are a known fault of
  /// peers (int128/kubelogin issues 1638, 404).
  ///
  /// Throws only if the digest is not one that the store accepts, which would be a fault of this program.
  package var sessionID: SessionID {
    get throws(CredentialsError) {
      let parts = [
        issuer.text, clientID, "authorization", account ?? "", audience ?? "",
        account == nil ? "" : "account", audience == nil ? "" : "audience",
      ]
      let scopes = Set(scopes).sorted()
      let bytes = Fingerprint.bytes(of: (parts + scopes).map { Array($0.utf8) }, label: "session")
      guard let id = SessionID(bytes: bytes) else {
        throw CredentialsError(
          .failed,
          "the session has no valid name",
          remedy: "please report this"
        )
      }
      return id
    }
  }

  /// Names the login lock: one per user and issuer, so that twenty expired contexts open one tab.
  package var loginDigest: String {
    Fingerprint.hex(of: [Array(issuer.text.utf8)], label: "login")
  }

  /// Names the cached metadata and keys: by issuer and trust anchors, because both decide what was believed.
  package var documentDigest: String {
    Fingerprint.hex(of: [Array(issuer.text.utf8), authorities], label: "documents")
  }
}
