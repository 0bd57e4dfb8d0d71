// SPDX-License-Identifier: Apache-2.0

/// Endpoints for clients that authenticate or bind tokens with a certificate (RFC 8705 section 5).
///
/// An endpoint that is not among them is used at its ordinary address.
package struct MutualTLSAliases: Sendable, Equatable {
  package let tokenEndpoint: Endpoint?
  package let deviceAuthorizationEndpoint: Endpoint?
  package let revocationEndpoint: Endpoint?
  package let pushedAuthorizationRequestEndpoint: Endpoint?
  package let userinfoEndpoint: Endpoint?

  /// Throws ``OAuthError/Code/discoveryInvalid`` or ``OAuthError/Code/endpointInvalid``: an alias
  /// is held to the same rules as the endpoint that it stands for.
  init(_ document: MetadataReader) throws(OAuthError) {
    let reader = try document.object("mtls_endpoint_aliases")
    tokenEndpoint = try reader.optional("token_endpoint")
    deviceAuthorizationEndpoint = try reader.optional("device_authorization_endpoint")
    revocationEndpoint = try reader.optional("revocation_endpoint")
    pushedAuthorizationRequestEndpoint = try reader.optional(
      "pushed_authorization_request_endpoint"
    )
    userinfoEndpoint = try reader.optional("userinfo_endpoint")
  }
}
