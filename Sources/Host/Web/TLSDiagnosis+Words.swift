// SPDX-License-Identifier: Apache-2.0
import NIOSSL

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

extension TLSDiagnosis {
  /// What is known of one certificate.
  package struct Facts: Sendable {
    /// Its issuer and subject, if they could be read.
    package var names: CertificateNames?
    /// The hosts that it is for, escaped.
    package var alternatives: [String]
    /// When its life begins, in seconds since 1970.
    package var notBefore: TimeInterval
    /// When its life ends, in seconds since 1970.
    package var notAfter: TimeInterval

    /// Facts from their parts.
    package init(
      names: CertificateNames?,
      alternatives: [String],
      notBefore: TimeInterval,
      notAfter: TimeInterval
    ) {
      self.names = names
      self.alternatives = alternatives
      self.notBefore = notBefore
      self.notAfter = notAfter
    }

    /// The facts of a certificate as a server presents it.
    init(_ certificate: NIOSSLCertificate) {
      self.init(
        names: (try? certificate.toDERBytes()).flatMap(CertificateNames.init),
        alternatives: certificate._subjectAlternativeNames().compactMap { name in
          switch name.nameType {
          case .dnsName: Terminal.escape(String(decoding: name.contents, as: UTF8.self))
          case .ipAddress: NetworkAddress(raw: Array(name.contents))?.text
          default: nil
          }
        },
        notBefore: TimeInterval(certificate.notValidBefore),
        notAfter: TimeInterval(certificate.notValidAfter)
      )
    }
  }

  /// The sentence for a chain of certificates that was not accepted, the server's own first.
  package static func sentence(_ chain: [Facts], failure: Failure, host: String, now: Date)
    -> String
  {
    guard let leaf = chain.first else { return "\(host) presents no certificate" }
    if failure == .hostname {
      let listed = leaf.alternatives.prefix(4).joined(separator: ", ")
      return "the certificate of \(host) is for \(listed.isEmpty ? "no host" : listed) only"
        + details(leaf)
    }
    for (index, facts) in chain.enumerated() {
      let subject =
        index == 0
        ? "the certificate of \(host)"
        : "an authority's certificate that \(host) presents"
      if let words = outOfTime(facts, subject: subject, now: now) { return words + details(facts) }
    }
    return untrusted(chain, leaf, host: host)
  }

  private static func outOfTime(_ facts: Facts, subject: String, now: Date) -> String? {
    let time = now.timeIntervalSince1970
    if time > facts.notAfter { return "\(subject) expired at \(moment(facts.notAfter))" }
    if time < facts.notBefore {
      return "\(subject) is not valid before \(moment(facts.notBefore)); "
        + "this clock says \(moment(time))"
    }
    return nil
  }

  private static func untrusted(_ chain: [Facts], _ leaf: Facts, host: String) -> String {
    guard let names = leaf.names else { return "the certificate of \(host) is not trusted" }
    let life = "valid until \(moment(leaf.notAfter))"
    if names.isSelfIssued {
      return "the certificate of \(host) is signed by itself (\"\(names.subject)\", \(life)), "
        + "and it is not among the trusted authorities"
    }
    let top = chain.last?.names?.issuer ?? names.issuer
    let root = top == names.issuer ? "" : ", whose chain ends at \"\(top)\""
    return "the certificate of \(host) (\"\(names.subject)\", \(life)) was issued by "
      + "\"\(names.issuer)\"\(root), for which no trusted authority vouches"
  }

  /// Whose certificate it is, for sentences that have said the rest.
  private static func details(_ facts: Facts) -> String {
    guard let names = facts.names else { return "" }
    return " (\"\(names.subject)\", issued by \"\(names.issuer)\")"
  }

  private static func moment(_ seconds: TimeInterval) -> String {
    Date(timeIntervalSince1970: seconds).formatted(.iso8601)
  }
}
