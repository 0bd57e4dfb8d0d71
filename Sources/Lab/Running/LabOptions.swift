// SPDX-License-Identifier: Apache-2.0

/// How a lab is set up.
///
/// Every value has a default that fits a first try.
package struct LabOptions: Sendable {
  /// The port of the identity provider on 127.0.0.1; 0 takes any free one.
  package var issuerPort = 0
  /// The port of the API server on 127.0.0.1; 0 takes any free one.
  package var apiServerPort = 0
  /// Whether the identity provider speaks TLS with the lab's own CA, as the API server always does.
  package var issuerTLS = false
  /// Who can log in.
  package var users = [
    LabUser("alice", groups: ["dev", "ops"]), LabUser("bob", groups: ["dev"]),
  ]
  /// The clients that the issuer knows.
  package var clients = LabClient.defaults
  /// The algorithm that signs tokens; RS256, ES256 and EdDSA have a key in the key set, too.
  package var algorithm = SigningAlgorithm.rs256
  /// What the key set leaves out or gets wrong.
  package var keySetShape = KeySetShape.full
  /// Whether the key set has another address in each run, which only the metadata tells.
  package var randomKeysPath = false
  /// Life of access and ID tokens, in seconds.
  package var accessLifetime = 60
  /// Life of each refresh token from the moment it is issued, in seconds.
  package var refreshLifetime = 600
  /// How long the immediate predecessor of a refresh token may come again, in seconds; 0: never.
  package var reuseGrace = 0
  /// Whether a refresh replaces the refresh token; if not, the same one works until it expires.
  package var rotation = true
  /// What a device must wait between two polls, in seconds (RFC 8628 §3.2).
  package var deviceInterval = 5
  /// Whether authorization requests can be pushed (RFC 9126).
  package var pushedRequests = Availability.off
  /// Whether tokens can be bound to a key (RFC 9449), or have to be.
  package var dpop = Availability.off
  /// Whether a DPoP proof needs a nonce of the issuer (RFC 9449 §8).
  package var dpopNonce = false
  /// What a refresh token that does not work is answered with.
  package var deadRefreshAnswer = DeadRefreshAnswer.invalidGrant
  /// When a refresh answers with an ID token.
  package var refreshIDToken = RefreshIDToken.always
  /// How long metadata and key set may be cached, in seconds.
  package var documentMaxAge = 300
  /// Faults that are set from the start.
  package var faults: [Fault] = []
  /// The claim that the API server takes as user name.
  package var usernameClaim = "preferred_username"
  /// What the API server puts before the user name.
  package var usernamePrefix = ""
  /// What the API server puts before each group.
  package var groupsPrefix = ""
  /// Whether the lab plays AWS's sign-in services, on a port of their own.
  package var awsSignIn = false
  /// Whether the lab plays AWS beside its identity provider, and its API server takes tokens of EKS.
  package var aws = false
  /// Whether the lab plays Google beside its identity provider, and its API server takes Google's access tokens.
  package var google = false
  /// Entra ID, if the lab plays it.
  package var entra: EntraOptions?
  /// A file to which the log is appended as JSON lines.
  package var logFile: String?

  package init() {}

  /// Ten years, in seconds: no life and no shift of a clock is longer, so that no sum of times
  /// overflows.
  package static let longest = 315_360_000

  /// Whether a client may come with a certificate, which takes TLS.
  var takesClientCertificates: Bool {
    issuerTLS && clients.contains { $0.method?.usesCertificate == true }
  }
}

/// What issuers answer to a refresh token that does not work.
package enum DeadRefreshAnswer: String, Sendable, CaseIterable {
  /// 400 `invalid_grant` (RFC 6749 §5.2).
  case invalidGrant = "invalid-grant"
  /// 400 `invalid_request`, as Dex does.
  case invalidRequest = "invalid-request"
  /// 400 without a body, as glewlwyd does.
  case empty
}

/// When a refresh answers with an ID token (OpenID Connect Core §12.2).
package enum RefreshIDToken: String, Sendable, CaseIterable {
  case always
  /// Only if the refresh asks for the scope `openid` again.
  case whenAsked = "when-asked"
  case never
}

/// A person who can log in at the lab.
package struct LabUser: Sendable, Equatable {
  package let name: String
  package let groups: [String]
  package let password: String
  /// The `sub` claim: opaque and stable for a name, as at real issuers, unless given.
  package let subject: String

  /// A user whose password is the name, unless given.
  package init(_ name: String, groups: [String] = [], password: String? = nil) {
    self.init(name, groups: groups, password: password, subject: nil)
  }

  init(_ name: String, groups: [String] = [], password: String? = nil, subject: String?) {
    self.name = name
    self.groups = groups
    self.password = password ?? name
    self.subject = subject ?? String(Randomness.sha256("lab user \(name)").prefix(16))
  }

  /// Parses `NAME[:GROUP,…[:PASSWORD]]`; throws `LabError.badOption` when the name is missing or
  /// has odd characters.
  package init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let plain = name.utf8.allSatisfy { byte in
      byte < 128
        && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
          || byte == UInt8(ascii: "@"))
    }
    guard !name.isEmpty, plain else {
      throw LabError(
        .badOption,
        "\"\(text)\" names no user",
        remedy: "write it like alice:dev,ops"
      )
    }
    let groups = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
    self.init(name, groups: groups, password: parts.count > 2 ? String(parts[2]) : nil)
  }
}
