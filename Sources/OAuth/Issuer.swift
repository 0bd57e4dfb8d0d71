// SPDX-License-Identifier: Apache-2.0

/// An OpenID Connect issuer identifier: an https URL without query and fragment (OIDC Discovery 1.0
/// section 2).
///
/// The text is kept byte for byte, because tokens and metadata are compared with it byte for byte:
/// a trailing slash, a port or another case makes another issuer.
package struct Issuer: Sendable, Equatable {
  let address: WebAddress

  /// Throws ``OAuthError/Code/issuerInvalid`` unless the text is an https URL (http for a loopback
  /// host only) of at most 2048 bytes without query, fragment, userinfo and odd characters.
  package init(_ text: String) throws(OAuthError) {
    let address: WebAddress
    do {
      address = try WebAddress(text)
    } catch {
      throw Self.refusal(text, error.reason)
    }
    guard address.query == nil else { throw Self.refusal(text, "it has a query") }
    guard address.isHTTPS || address.isLoopback else {
      throw Self.refusal(text, "it is http, which only a loopback host may be")
    }
    self.address = address
  }

  /// The identifier, byte for byte as given.
  package var text: String { address.text }

  /// The host as written; an IPv6 address without its brackets.
  package var host: String { address.host }

  /// True for 127.0.0.0/8, ::1 and localhost, with TLS or without.
  package var isLoopback: Bool { address.isLoopback }

  /// True for http on a loopback host: a lab.
  package var isPlainLoopback: Bool { !address.isHTTPS }

  /// Two issuers are the same when their bytes are.
  package static func == (left: Issuer, right: Issuer) -> Bool {
    Text.sameBytes(left.text, right.text)
  }

  private static func refusal(_ text: String, _ reason: String) -> OAuthError {
    OAuthError(
      .issuerInvalid,
      what: "\"\(Text.line(WebAddress.withoutUserInfo(text)))\" is not an issuer URL: \(reason)",
      remedy: "give the issuer's https URL exactly as its discovery document has it"
    )
  }
}

/// A URL that an issuer announced and that requests or a browser will be sent to.
///
/// A server's text that reaches an operating system's opener has been a remote code execution
/// (CVE-2025-6514), so this is as strict as ``Issuer``: https, or http on a loopback host if the
/// issuer itself is that; no userinfo, no fragment.
package struct Endpoint: Sendable, Equatable {
  let address: WebAddress

  /// Throws ``OAuthError/Code/endpointInvalid``; `name` is the member it came from, for the
  /// message.
  package init(_ text: String, named name: String, of issuer: Issuer) throws(OAuthError) {
    let address: WebAddress
    do {
      address = try WebAddress(text)
    } catch {
      throw Self.refusal(text, name, issuer, error.reason)
    }
    guard address.isHTTPS || (address.isLoopback && issuer.isPlainLoopback) else {
      throw Self.refusal(text, name, issuer, "it is not https")
    }
    self.address = address
  }

  /// The URL, byte for byte as announced.
  package var text: String { address.text }

  /// The host as written; an IPv6 address without its brackets.
  package var host: String { address.host }

  private static func refusal(
    _ text: String,
    _ name: String,
    _ issuer: Issuer,
    _ reason: String
  ) -> OAuthError {
    OAuthError(
      .endpointInvalid,
      what: "\(issuer.host) announces a \(name) that is refused, \"\(Text.line(text))\": \(reason)",
      remedy: "check the issuer URL; if it is right, its administrator must repair the metadata"
    )
  }
}
