// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// To which hosts a credential may be sent.
///
/// A credential file names the addresses that it is sent to, and a kubeconfig's environment can name the file: so only
/// Google's own hosts will do, unless the user's own configuration says otherwise.
struct HostRule: Sendable, Equatable {
  /// The domain of Google's public cloud (AIP-4116 calls such a domain a universe).
  static let publicUniverse = "googleapis.com"
  /// Token endpoints of before 2018, which older key files still name.
  private static let formerHosts: Set = ["accounts.google.com"]

  /// A universe that the credential itself belongs to, so that it loses nothing by being sent there.
  let universe: String?
  /// Whether `google-other-hosts` is allowed.
  let allowsOthers: Bool

  init(universe: String?, _ effects: CloudEffects) {
    self.universe = universe
    allowsOthers = effects.allows(.googleOtherHosts)
  }

  init(universe: String?, allowsOthers: Bool) {
    self.universe = universe
    self.allowsOthers = allowsOthers
  }

  /// The address, if what a credential holds may be sent there.
  ///
  /// `name` is the member that it came from. Throws `.configuration` for a text that is no https URL (http on a
  /// loopback host), and for a host that is not Google's.
  func address(_ text: String, named name: String, of origin: Origin) throws(CloudError)
    -> WebAddress
  {
    let address: WebAddress
    do {
      address = try WebAddress(text)
    } catch {
      throw origin.wrong("its \(name) is not a URL that can be used: \(error.reason)")
    }
    if address.isLoopback { return address }
    guard address.isHTTPS else { throw origin.wrong("its \(name) is not https") }
    guard allowsOthers || isGoogles(address.host) else {
      throw CloudError(
        .configuration,
        "\(origin.place) would be sent to \(address.host), which is not Google's",
        remedy:
          "if that is right, write allow: [\(CloudPermission.googleOtherHosts.rawValue)] in your own config.yaml"
      )
    }
    return address
  }

  /// Whether a host is Google's, or one of the credential's own universe.
  func isGoogles(_ host: String) -> Bool {
    let host = host.lowercased()
    if Self.formerHosts.contains(host) { return true }
    return [Self.publicUniverse, universe.flatMap(Self.domain)].compactMap(\.self)
      .contains { host == $0 || host.hasSuffix(".\($0)") }
  }

  /// A name of at least two labels in lower case; nil for anything else.
  static func domain(_ text: String) -> String? {
    let labels = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    let isName = labels.allSatisfy { label in
      !label.isEmpty
        && label.utf8.allSatisfy { byte in
          (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
    return labels.count >= 2 && isName ? text.lowercased() : nil
  }
}
