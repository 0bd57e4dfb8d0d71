// SPDX-License-Identifier: Apache-2.0

/// With whom a connection is made: what is trusted beside the system's roots, and what this client shows.
package struct TransportTrust: Sendable, Hashable {
  /// Certificates (PEM) that are trusted beside the system's; empty if none were named.
  package let authorities: [UInt8]
  /// The client's certificate chain (PEM) for mutual TLS (RFC 8705); empty if there is none.
  package let certificate: [UInt8]
  /// The key of that certificate, PEM.
  package let key: Secret?
  /// Where hosts are, by name, in place of what DNS says: a host name or address.
  ///
  /// The certificate has to be for the name.
  package let addresses: [String: String]
  /// The SHA-1 of the one certificate that the server may have, 40 hexadecimal digits; nil where authorities decide.
  ///
  /// With it neither authorities nor names count, and there is no proxy in between.
  package let thumbprint: String?

  /// Puts them together.
  package init(
    authorities: [UInt8],
    certificate: [UInt8] = [],
    key: Secret? = nil,
    addresses: [String: String] = [:],
    thumbprint: String? = nil
  ) {
    self.authorities = authorities
    self.thumbprint = thumbprint
    self.addresses = addresses
    self.certificate = certificate
    self.key = certificate.isEmpty ? nil : key
  }

  /// The same trust with more certificates (PEM) beside the system's.
  package func adding(_ more: [UInt8]) -> TransportTrust {
    guard !more.isEmpty else { return self }
    return TransportTrust(
      authorities: authorities.isEmpty ? more : authorities + [0x0a] + more,
      certificate: certificate,
      key: key,
      addresses: addresses,
      thumbprint: thumbprint
    )
  }

  /// The key is left out: equal certificates have it in common.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(authorities)
    hasher.combine(certificate)
    hasher.combine(addresses)
    hasher.combine(thumbprint)
  }
}
