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
  /// How often the server is looked for where it may be there, as in google-auth.
  static let attempts = 3
  /// Seconds before the second look; twice that before the third.
  static let pause: Double = 0.2
  /// Where Linux shows what the firmware calls the machine.
  static let productName = "/sys/class/dmi/id/product_name"

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
      address.isLoopback || address.isLinkLocal || address.host == "metadata.google.internal"
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
  /// Throws `.configuration` for a host in the environment that cannot be one, and `.temporary` for a server that seems
  /// to be there and does not answer: then an old token serves on, and nobody is told to sign in.
  func find() async throws(CloudError) -> String? {
    if effects.environment["NO_GCE_CHECK"]?.lowercased() == "true",
      effects.environment["GCE_METADATA_HOST"] == nil
    {
      return nil
    }
    let base = try MetadataAddress.base(effects.environment)
    if base.isNamed { return base.url }
    let isExpected = isExpected
    var probe = await look(base.url)
    for attempt in 1..<MetadataAddress.attempts where probe.isWorthAnother(isExpected) {
      effects.trace("the metadata server: \(probe), asking again")
      try? await effects.pause(MetadataAddress.pause * Double(attempt))
      probe = await look(base.url)
    }
    switch probe {
    case .there: return base.url
    case .another: return nil
    case .nobody where !isExpected: return nil
    case .nobody(let why), .unclear(let why): throw away(why)
    }
  }

  /// What came of looking for the server.
  private enum Probe: Sendable, CustomStringConvertible {
    /// It says that it is Google's.
    case there
    /// Somebody else answers.
    case another
    /// Nobody takes the connection.
    case nobody(String)
    /// Somebody takes it, and gives no answer or an excuse.
    case unclear(String)

    var description: String {
      switch self {
      case .there: "it is there"
      case .another: "it is another cloud's"
      case .nobody(let why), .unclear(let why): Text.line(why)
      }
    }

    func isWorthAnother(_ isExpected: Bool) -> Bool {
      switch self {
      case .there, .another: false
      case .nobody: isExpected
      case .unclear: true
      }
    }
  }

  private func look(_ base: String) async -> Probe {
    do throws(TransportFailure) {
      let answer = try await effects.sendDirect(MetadataAddress.probe, Self.call("\(base)/"))
      if Self.isGoogles(answer) { return .there }
      let isExcuse = answer.status >= 500 || answer.status == 429
      return isExcuse ? .unclear("it answers \(answer.status)") : .another
    } catch {
      switch error {
      case .notSent(let why), .tls(let why): return .nobody(why)
      case .noAnswer(let why): return .unclear(why)
      case .tooLarge: return .another
      }
    }
  }

  /// Whether something says that this machine is one of Google's: the server's address was given, or the firmware has
  /// Google's name, by which google-auth tells too.
  private var isExpected: Bool {
    if effects.environment["GCE_METADATA_IP"] != nil { return true }
    let name = try? effects.readFile(MetadataAddress.productName, 256)
    return name.flatMap(\.self)?.starts(with: "Google".utf8) == true
  }

  private func away(_ why: String) -> CloudError {
    CloudError(
      .temporary,
      "the metadata server does not answer: \(Text.line(why))",
      remedy:
        "try again in a moment; where there is none, set NO_GCE_CHECK=true and sign in: gcloud auth login"
    )
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
