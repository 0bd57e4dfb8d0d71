// SPDX-License-Identifier: Apache-2.0

import Lab

/// The outcomes of the flows with real providers, for `scripts/providers/matrix`: one file each.
enum Matrix {
  /// A flow, as the matrix names its row.
  enum Flow: String, CaseIterable {
    case code = "code + PKCE, public client"
    case secretBasic = "code + PKCE, client_secret_basic"
    case secretPost = "code + PKCE, client_secret_post"
    case privateKeyJWT = "code + PKCE, private_key_jwt"
    case pushed = "pushed authorization request"
    case device = "device code"
    case es256 = "ID token signed with ES256"
    case edDSA = "ID token signed with EdDSA"
    case dpop = "DPoP with nonce"
    case renewalOfIDToken = "renewals of the ID token"
    case renewalOfAccessToken = "renewals of the access token"
    case dead = "expired refresh token"
    case replay = "replayed refresh token"
    case revocation = "revocation, public client"
    case revocationWithSecret = "revocation, client secret"
  }

  private static let folder = "\(Programs.repository)/.build/providers/outcomes"

  /// Runs a flow and writes down what it found; a flow that throws has failed.
  ///
  /// Within, whatever must hold is required, so that a breach of it throws.
  static func flow(
    _ flow: Flow,
    at kind: Provider.Kind,
    _ body: () async throws -> String
  ) async throws {
    let provider = try await Providers.shared.provider(kind)
    try write(flow, provider, nil)
    try write(flow, provider, try await body())
  }

  private static func write(_ flow: Flow, _ provider: Provider, _ found: String?) throws {
    try PrivateFile.makeFolder(folder)
    let row: JSONValue = [
      "provider": .string(provider.title), "flow": .string(flow.rawValue),
      "order": .int(Flow.allCases.firstIndex(of: flow) ?? 0),
      "found": found.map(JSONValue.string) ?? .null,
    ]
    try PrivateFile.write(row.text + "\n", to: "\(folder)/\(provider.kind.rawValue)-\(flow).json")
  }
}
