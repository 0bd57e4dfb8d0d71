// SPDX-License-Identifier: Apache-2.0

import OAuth
package import SessionStore

extension CredentialRequest {
  /// The session that this request belongs to.
  ///
  /// Everything that changes who the token speaks for or what it may do is hashed, length-prefixed and versioned:
  /// issuer, client, grant and its user, account, audience, sorted scopes, resources and further parameters. How the
  /// login is done (listener, browser) is not, and neither is the kind of token, because one login gives both.
  /// Unstable or colliding keys are a known fault of peers (int128/kubelogin issues 1638, 404).
  ///
  /// Throws only if the digest is not one that the store accepts, which would be a fault of this program.
  package var sessionID: SessionID {
    get throws(CredentialsError) {
      let single = [
        issuer.text, client.id, grant.rawValue, username ?? "", account ?? "", audience ?? "",
        account == nil ? "" : "account", audience == nil ? "" : "audience",
      ]
      let lists = [Set(scopes).sorted(), Set(resources).sorted(), identityParameters]
      let parts = single + lists.flatMap { ["\($0.count)"] + $0 }
      let bytes = Fingerprint.bytes(of: parts.map { Array($0.utf8) }, label: "session")
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

  /// Further parameters but for those that change only how the login looks (OpenID Connect Core §3.1.2.1).
  private var identityParameters: [String] {
    let looks: Set = ["display", "prompt", "max_age", "ui_locales"]
    return parameters.filter { !looks.contains($0.name) }.map { "\($0.name)=\($0.value)" }.sorted()
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
