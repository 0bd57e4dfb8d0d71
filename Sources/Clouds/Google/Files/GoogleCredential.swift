// SPDX-License-Identifier: Apache-2.0

import OAuth

/// What a credential file says, by its `type` (google.golang.org/api and google-auth read the same).
indirect enum GoogleCredential: Sendable, Equatable {
  /// A person who signed in (`authorized_user`).
  case authorizedUser(AuthorizedUser)
  /// A service account's key (`service_account`).
  case serviceAccount(ServiceAccountKey)
  /// Workload or workforce identity federation (`external_account`).
  case externalAccount(ExternalAccount)
  /// A person of a workforce pool who signed in (`external_account_authorized_user`).
  case workforceUser(WorkforceUser)
  /// A service account that another credential acts as (`impersonated_service_account`).
  case impersonated(Impersonation, source: GoogleCredential)

  /// The universe that the credential says it belongs to.
  var universe: String? {
    switch self {
    case .authorizedUser(let user): user.universe
    case .serviceAccount(let key): key.universe
    // What is sent comes from other places than the file, so the file does not decide where to.
    case .externalAccount, .workforceUser: nil
    case .impersonated(_, let source): source.universe
    }
  }

  /// The workforce login in it, with the names that lead to its refresh token; nil if there is none.
  var workforce: (user: WorkforceUser, path: [String])? {
    switch self {
    case .workforceUser(let user): (user, ["refresh_token"])
    case .impersonated(_, source: .workforceUser(let user)):
      (user, ["source_credentials", "refresh_token"])
    default: nil
    }
  }

  /// The external account in it; nil if there is none.
  var externalAccount: ExternalAccount? {
    switch self {
    case .externalAccount(let account), .impersonated(_, source: .externalAccount(let account)):
      account
    default: nil
    }
  }

  /// As whom it acts by itself.
  var actingParts: [String] {
    guard case .impersonated(let impersonation, _) = self else { return [] }
    return [impersonation.url] + impersonation.delegates
  }
}

/// A refresh token and the client that it was given to.
struct AuthorizedUser: Sendable, Equatable {
  var clientID: String
  var clientSecret: Secret
  var refreshToken: Secret
  /// Nil: Google's.
  var tokenURI: String?
  /// What gcloud asks for at a refresh; empty: all that was granted.
  var scopes: [String] = []
  var universe: String?
  /// Proof of a recent sign-in, which gcloud keeps beside its access tokens.
  var recentProof: Secret?
}

/// A service account's private key.
struct ServiceAccountKey: Sendable, Equatable {
  var email: String
  var keyID: String?
  /// PKCS #8 or PKCS #1, PEM.
  var privateKey: Secret
  var tokenURI: String?
  var universe: String?
  /// Whether the token is a signature of its own instead of one that is exchanged for it: the only way in a universe
  /// other than the public one.
  var signsItself = false

  /// Whether nobody is asked for the token.
  var isSelfSigned: Bool {
    signsItself || (universe ?? HostRule.publicUniverse) != HostRule.publicUniverse
  }
}

/// Something that another issuer vouches for, and what Google is to exchange it for.
struct ExternalAccount: Sendable, Equatable {
  /// The provider in a pool.
  var audience: String
  var subjectTokenType: String
  var tokenURL: String
  var source: SubjectSource
  var impersonation: Impersonation?
  var client: OAuthClientSecret?
  /// The project that a workforce pool's user bills.
  var workforceProject: String?
}

/// A client and its secret, for Basic authentication.
struct OAuthClientSecret: Sendable, Equatable {
  var id: String
  var secret: Secret
}

/// A workforce login: its refresh token can be replaced at each use.
struct WorkforceUser: Sendable, Equatable {
  var client: OAuthClientSecret
  var refreshToken: Secret
  var tokenURL: String
}

/// A service account to act as.
struct Impersonation: Sendable, Equatable {
  /// The address of `generateAccessToken`.
  var url: String
  /// `projects/-/serviceAccounts/…`, in the order in which each acts as the next.
  var delegates: [String] = []
  /// Seconds.
  var lifetime = 3600

  /// The account in the address, for programs and messages; nil if there is none.
  var email: String? {
    guard let name = url.split(separator: "/").last, let end = name.firstIndex(of: ":") else {
      return nil
    }
    return String(name[..<end])
  }

  /// The form that the service wants delegates in.
  static func resource(_ account: String) -> String {
    account.hasPrefix("projects/") ? account : "projects/-/serviceAccounts/\(account)"
  }
}

/// Where the subject token of an external account is found.
enum SubjectSource: Sendable, Equatable {
  /// A file that somebody else rotates.
  case file(String, TokenFormat)
  /// An address that a GET gives it from.
  case url(String, headers: [Header], TokenFormat)
  /// A program.
  case executable(ExecutableSource)
  /// A signed request of AWS's.
  case aws(AWSSource)
  /// The certificate of a mutual TLS connection.
  case certificate(CertificateSource)

  /// A header field of the request for the token.
  struct Header: Sendable, Equatable {
    var name: String
    var value: Secret
  }

  /// How the token lies in what was found.
  enum TokenFormat: Sendable, Equatable {
    case text
    /// In this member of a JSON object.
    case json(field: String)
  }
}

/// The member `credential_source.executable`.
struct ExecutableSource: Sendable, Equatable {
  var command: String
  /// Seconds.
  var timeout: Double
  /// Where the program leaves its answer for the next time.
  var outputFile: String?
}

/// `credential_source` with `environment_id` aws1.
struct AWSSource: Sendable, Equatable {
  /// Tells the region, with a zone's letter at the end.
  var regionURL: String?
  /// Lists the role and gives its keys.
  var credentialsURL: String?
  /// Gives the session token of IMDSv2.
  var sessionTokenURL: String?
  /// The request to sign, with `{region}` in it.
  var verificationURL: String
}

/// The member `credential_source.certificate`.
struct CertificateSource: Sendable, Equatable {
  /// The file that says where certificate and key lie; nil: gcloud's usual one.
  var configuration: String?
  /// The certificates between the leaf and the pool's trust anchor, PEM.
  var chain: String?
}
