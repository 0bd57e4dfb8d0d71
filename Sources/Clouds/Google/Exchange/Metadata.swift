// SPDX-License-Identifier: Apache-2.0

import Clouds
import HTTPTypes
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where Google's metadata server is asked.
enum MetadataAddress {
  /// Seconds for one request: the server is on the same machine.
  static let patience: Double = 5
  /// Seconds to find out whether there is one: where there is none nobody may wait for it.
  static let probe: Double = 1

  /// 169.254.0.0/16 (RFC 3927) and fe80::/10 and AWS's fd00:ec2::254, which are never behind a proxy.
  static func isLinkLocal(_ host: String) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    let isIPv4 = labels.count == 4 && labels.allSatisfy { UInt8($0) != nil }
    return isIPv4 && host.hasPrefix("169.254.") || host == "fd00:ec2::254"
      || host.lowercased().hasPrefix("fe80:")
  }

  /// The base of the server's URLs, and whether somebody said that it is there.
  ///
  /// `GCE_METADATA_HOST` and its older name `GCE_METADATA_ROOT` name host and port; `GCE_METADATA_IP` the address
  /// that is asked otherwise.
  /// Throws `.configuration` for a host that is neither loopback, link-local nor Google's name.
  static func base(_ environment: [String: String]) throws(CloudError) -> (
    url: String, isNamed: Bool
  ) {
    let named = environment["GCE_METADATA_HOST"] ?? environment["GCE_METADATA_ROOT"]
    let host = named ?? environment["GCE_METADATA_IP"] ?? "169.254.169.254"
    guard let address = try? WebAddress("http://\(host)"), address.path.isEmpty,
      address.query == nil,
      address.isLoopback || isLinkLocal(address.host) || address.host == "metadata.google.internal"
    else {
      throw CloudError(
        .configuration,
        "\"\(Text.line(host))\" is not the host of a metadata server",
        remedy:
          "unset GCE_METADATA_HOST, GCE_METADATA_ROOT and GCE_METADATA_IP, or name one on this machine"
      )
    }
    return (address.text, named != nil)
  }
}

/// Google's metadata server (cloud.google.com/compute/docs/metadata/querying-metadata).
///
/// It gives the tokens of the machine's or the pod's own service account, and keeps them itself.
struct Metadata: Sendable {
  static let flavor = "Google"
  private static let flavorField = HTTPField.Name("Metadata-Flavor")

  let effects: CloudEffects

  /// The server's base URL; nil if there is none.
  ///
  /// Throws `.configuration` for a host in the environment that cannot be one.
  func find() async throws(CloudError) -> String? {
    if effects.environment["NO_GCE_CHECK"]?.lowercased() == "true",
      effects.environment["GCE_METADATA_HOST"] == nil
    {
      return nil
    }
    let base = try MetadataAddress.base(effects.environment)
    if base.isNamed { return base.url }
    do throws(TransportFailure) {
      let answer = try await effects.sendDirect(MetadataAddress.probe, Self.call("\(base.url)/"))
      return Self.isGoogles(answer) ? base.url : nil
    } catch {
      return nil
    }
  }

  /// The token of the default service account; throws what asking gave.
  func token(_ base: String, scopes: [String]) async throws(CloudError) -> AccessToken {
    let call = Self.tokenCall(base, scopes: scopes)
    effects.trace("asking the metadata server for an access token")
    let answer: HTTPAnswer
    do throws(TransportFailure) {
      answer = try await effects.sendDirect(MetadataAddress.patience, call)
    } catch {
      throw CloudError(error, fetching: "an access token", from: "the metadata server")
    }
    guard Self.isGoogles(answer) else {
      throw TokenAnswer.garbled("the metadata server", "without Metadata-Flavor: Google")
    }
    guard answer.status != 404 else {
      throw CloudError(
        .configuration,
        "this machine has no service account: the metadata server answers 404",
        remedy: "attach one to the machine, or sign in: gcloud auth login"
      )
    }
    let origin = Origin(
      place: "this machine's service account",
      signIn: "check the service account and the access scopes of this machine",
      who: "this machine's service account"
    )
    return try TokenAnswer.token(
      answer,
      .serviceAccount,
      host: "the metadata server",
      now: effects.now(),
      origin
    )
  }

  /// The request for a token.
  static func tokenCall(_ base: String, scopes: [String]) -> HTTPCall {
    let query = FormEncoding.query([("scopes", scopes.joined(separator: ","))])
    return call("\(base)/computeMetadata/v1/instance/service-accounts/default/token?\(query)")
  }

  private static func call(_ url: String) -> HTTPCall {
    var headers = HTTPFields()
    if let flavorField { headers[flavorField] = flavor }
    return HTTPCall(method: .get, url: url, headers: headers)
  }

  /// Only Google's server says so: 169.254.169.254 is another cloud's elsewhere.
  private static func isGoogles(_ answer: HTTPAnswer) -> Bool {
    flavorField.map { answer.headers[$0] == flavor } ?? false
  }
}
