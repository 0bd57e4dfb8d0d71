// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// An access token that is bound to a key, and the envelopes in which API servers of Azure Arc take it.
///
/// Source: Azure/kubelogin `pkg/internal/pop`; kubeguard/guard `auth/providers/azure/pop_tokenverifier.go`, which
/// checks what is made here.
package struct BoundToken: Sendable {
  let key: RSAKey
  let token: EntraToken

  /// Puts key and token together.
  package init(key: RSAKey, token: EntraToken) {
    self.key = key
    self.token = token
  }

  /// Seconds that an envelope is taken after it was made, unless the cluster is set up otherwise (guard,
  /// `--azure.pop-token-validity-duration`).
  package static let life = 900.0

  /// What a token request names the key by.
  package static func binding(_ key: RSAKey) -> EntraRequest.Binding {
    let confirmation: StrictJSON = .object([
      "kid": .string(key.thumbprint), "xms_ksl": .string("sw"),
    ])
    return EntraRequest.Binding(confirmation: Base64URL.encode(confirmation.text.utf8))
  }

  /// The envelope for a resource, made now; `nonce` has 16 random bytes at least.
  ///
  /// Throws `failed` for a key that does not sign.
  package func envelope(
    for resource: String,
    nonce: [UInt8],
    now: Date
  ) throws(CloudError) -> CloudToken {
    let header: [String: StrictJSON] = [
      "typ": .string("pop"), "alg": .string("RS256"), "kid": .string(key.thumbprint),
    ]
    let jwk = key.members.merging([
      "alg": .string("RS256"), "kid": .string(key.thumbprint),
    ]) { $1 }
    let payload: [String: StrictJSON] = [
      "at": .string(token.token.expose()), "ts": .integer(Int64(now.timeIntervalSince1970)),
      "u": .string(resource), "cnf": .object(["jwk": .object(jwk)]),
      "nonce": .string(nonce.map { Self.hex($0) }.joined()),
    ]
    do {
      let text = try CompactJWS.make(header: header, payload: payload) { input in
        try key.signature(over: input, pss: false)
      }
      return CloudToken(
        token: Secret(text),
        expiry: min(token.expiry, now.addingTimeInterval(Self.life))
      )
    } catch {
      throw CloudError(
        .failed,
        "the key of the token does not sign",
        remedy: "try again",
        cause: error
      )
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0\(digits)" : digits
  }

  // MARK: keeping

  /// Key and token as one document, to be kept.
  package var kept: Secret {
    let document: StrictJSON = .object([
      "key": .string(key.der.expose()), "token": .string(token.token.expose()),
    ])
    return Secret(document.text)
  }

  /// Reads what ``kept`` gave; nil for anything else.
  package init?(kept: Secret, expiry: Date) {
    guard let json = try? StrictJSON(parsing: kept.expose().utf8),
      let key = json["key"]?.string.flatMap({ RSAKey(kept: Secret($0)) }),
      let token = json["token"]?.string
    else { return nil }
    self.key = key
    self.token = EntraToken(token: Secret(token), expiry: expiry)
  }

  /// The resource that `--pop-claims` names, `u=RESOURCE` among pairs with commas between; throws `configuration`
  /// without one, and for what is no pair.
  ///
  /// Other pairs are taken and change nothing, as with Azure/kubelogin: no API server looks for them.
  package static func resource(in claims: String) throws(CloudError) -> String {
    var resource: String?
    for pair in claims.split(separator: ",") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map { $0.trimmingSpaces }
      guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else {
        throw Self.refusal("\"\(Text.line(String(pair), limit: 60))\" is not KEY=VALUE")
      }
      guard halves[0] == "u" else { continue }
      guard resource == nil else { throw Self.refusal("it names u=RESOURCE twice") }
      resource = halves[1]
    }
    guard let resource else { throw Self.refusal("it names no u=RESOURCE") }
    return resource
  }

  private static func refusal(_ reason: String) -> CloudError {
    CloudError(
      .configuration,
      "--pop-claims cannot be used: \(reason)",
      remedy: "give the cluster's resource: --pop-claims u=/subscriptions/…/connectedClusters/NAME"
    )
  }
}

extension Substring {
  /// Without blanks around it.
  fileprivate var trimmingSpaces: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
