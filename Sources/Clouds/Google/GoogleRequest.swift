// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import OAuth

/// What `get-token gke` is asked for.
package struct GoogleRequest: Sendable, Equatable {
  /// What gke-gcloud-auth-plugin asks for with application default credentials.
  package static let usualScopes = [
    cloudPlatform, "https://www.googleapis.com/auth/userinfo.email",
  ]
  static let cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"

  /// The account among those that gcloud is signed in with; nil: its active one.
  package var account: String?
  /// Service accounts to act as, the delegates first and the one that counts last; empty: none, or what gcloud's
  /// configuration says.
  package var impersonation: [String]
  /// The scopes; empty: the usual ones.
  package var scopes: [String]
  /// Whether Application Default Credentials are used though gcloud is signed in.
  package var usesApplicationDefault: Bool
  /// A credential that takes the place of everything that could be found; nil: look for one.
  package var given: GivenCredential?

  /// A credential file's text that came from elsewhere.
  package struct GivenCredential: Sendable, Equatable {
    /// The name of the secret that it is, for messages.
    package var name: String
    /// JSON.
    package var text: Secret

    /// Names a text.
    package init(name: String, text: Secret) {
      self.name = name
      self.text = text
    }
  }

  /// Whether nothing of gcloud's own sign-in counts.
  var leavesGcloudAlone: Bool { usesApplicationDefault || given != nil }

  /// Puts a request together.
  package init(
    account: String? = nil,
    impersonation: [String] = [],
    scopes: [String] = [],
    usesApplicationDefault: Bool = false
  ) {
    self.account = account
    self.impersonation = impersonation
    self.scopes = scopes
    self.usesApplicationDefault = usesApplicationDefault
  }

  /// The scopes that are asked for.
  var wantedScopes: [String] { scopes.isEmpty ? Self.usualScopes : scopes }

  /// The accounts of `--impersonate-service-account`, which gcloud takes as a comma-separated list: delegates first.
  ///
  /// Throws `.configuration` for a name that cannot be a service account, lest it become another path of a URL.
  package static func impersonation(parsing text: String) throws(CloudError) -> [String] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      String(name.drop { $0 == " " })
    }
    for name in names where !isServiceAccount(name) {
      throw CloudError(
        .configuration,
        "\"\(Text.line(name))\" is not the name of a service account",
        remedy: "write its address, as in deployer@my-project.iam.gserviceaccount.com"
      )
    }
    return names
  }

  /// Addresses and unique ids: letters, digits and what stands between them.
  static func isServiceAccount(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 254
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: Array("@.-_".utf8).contains(byte)
        }
      }
  }
}
