// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// To which addresses a credential may be sent.
///
/// A credential file names the addresses that it is sent to, and a kubeconfig's environment can name the file. Much
/// below `googleapis.com` keeps what it is sent for whoever named the place (a bucket of Cloud Storage, a log), so only
/// the very endpoints that give tokens will do, unless the user's own configuration says otherwise.
struct HostRule: Sendable, Equatable {
  /// The domain of Google's public cloud (AIP-4116 calls such a domain a universe).
  static let publicUniverse = "googleapis.com"

  /// What is asked of an address.
  enum Service: Sendable, CaseIterable {
    /// A token for a refresh token or for an assertion.
    case tokens
    /// A token for somebody else's token, at the Security Token Service.
    case exchange
    /// The renewal of a workforce login, there as well.
    case workforce
    /// A token of a service account.
    case impersonation
  }

  /// A universe that the credential itself belongs to, so that it loses nothing by being sent there.
  let universe: String?
  /// Whether `google-other-hosts` is allowed.
  let allowsOthers: Bool

  init(universe: String?, _ effects: CloudEffects) {
    self.universe = universe
    allowsOthers = effects.allows(.googleOtherHosts)
  }

  /// The address, if what a credential holds may be sent there.
  ///
  /// `name` is the member that it came from. Throws `.configuration` for a text that is no https URL (http on a
  /// loopback host), and for an address that is none of Google's endpoints for the service: who listens on a port of
  /// this machine may be anybody.
  func address(
    _ text: String,
    for service: Service,
    named name: String,
    of origin: Origin
  ) throws(CloudError) -> WebAddress {
    let address: WebAddress
    do {
      address = try WebAddress(text)
    } catch {
      throw origin.wrong("its \(name) is not a URL that can be used: \(error.reason)")
    }
    guard address.isHTTPS || address.isLoopback else {
      throw origin.wrong("its \(name) is not https")
    }
    guard allowsOthers || isGoogles(address, service) else {
      let place = Text.line(address.host + address.path, limit: 120)
      throw CloudError(
        .configuration,
        "\(origin.place) would be sent to \(place), which is no address where Google gives tokens",
        remedy:
          "if that is right, \(CloudPermission.googleOtherHosts.leave)"
      )
    }
    return address
  }

  /// Whether an address is Google's endpoint of a service, in the public universe or in the credential's own: host and
  /// path are compared whole, and a query has no place there.
  private func isGoogles(_ address: WebAddress, _ service: Service) -> Bool {
    guard address.port ?? 443 == 443, address.query == nil else { return false }
    let host = address.host.lowercased()
    if service == .tokens, Self.formerEndpoints.contains(host + address.path) { return true }
    guard service.takes(path: address.path) else { return false }
    return [Self.publicUniverse, universe.flatMap(Self.domain)].compactMap(\.self)
      .contains { domain in
        host.hasSuffix(".\(domain)") && service.takes(host: host.dropLast(domain.utf8.count + 1))
      }
  }

  /// Token endpoints of before 2018, which older key files still name.
  private static let formerEndpoints: Set = [
    "accounts.google.com/o/oauth2/token", "www.googleapis.com/oauth2/v3/token",
    "www.googleapis.com/oauth2/v4/token",
  ]

  /// A name of at least two labels in lower case; nil for anything else.
  static func domain(_ text: String) -> String? {
    let labels = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy(isLabel) ? text.lowercased() : nil
  }

  fileprivate static func isLabel(_ label: Substring) -> Bool {
    !label.isEmpty
      && label.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
      }
  }
}

extension HostRule.Service {
  private static let accounts = "/v1/projects/-/serviceAccounts/"
  private static let verb = ":generateAccessToken"

  fileprivate func takes(path: String) -> Bool {
    switch self {
    case .tokens: path == "/token"
    case .exchange: path == "/v1/token"
    case .workforce: path == "/v1/oauthtoken"
    case .impersonation:
      path.hasPrefix(Self.accounts) && path.hasSuffix(Self.verb)
        && GoogleRequest.isServiceAccount(
          String(path.dropFirst(Self.accounts.utf8.count).dropLast(Self.verb.utf8.count))
        )
    }
  }

  private var name: String {
    switch self {
    case .tokens: "oauth2"
    case .exchange, .workforce: "sts"
    case .impersonation: "iamcredentials"
    }
  }

  /// Whether a host without its universe is one of the service's: the service's name, alone, with a region, or as an
  /// endpoint of Private Service Connect, in the forms that google-auth knows, and with `mtls` behind it or not.
  fileprivate func takes(host: Substring) -> Bool {
    var labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.allSatisfy(HostRule.isLabel) else { return false }
    if labels.count > 1, labels.last == "mtls" { labels.removeLast() }
    if labels == [name[...]] { return true }
    guard self != .tokens else { return false }
    switch labels.count {
    case 1:
      return labels[0].hasSuffix("-\(name)") && Self.isRegion(labels[0].dropLast(name.count + 1))
    case 2:
      if labels[1] == "p" { return labels[0].hasPrefix("\(name)-") }
      return labels[0] == name && Self.isRegion(labels[1])
        || labels[1] == name && Self.isRegion(labels[0])
    case 3: return labels[0] == name && Self.isRegion(labels[1]) && labels[2] == "rep"
    default: return false
    }
  }

  /// `europe-west4`: a name without such an end may be another service's, whose hosts customers name.
  private static func isRegion(_ label: Substring) -> Bool {
    label.contains("-") && label.last?.isNumber == true && label.first?.isLetter == true
  }
}
