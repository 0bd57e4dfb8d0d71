// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import Credentials
package import OAuth

extension Offer: Choice {}
extension AuthorizationRequest.ResponseMode: Choice {}
extension PushedAuthorization.Use: Choice {}

/// What is asked of the issuer beside scopes, and over which of its extensions.
package struct AuthorizationOptions: ParsableArguments {
  /// The `audience` parameter.
  @Option(help: "The audience parameter, for issuers that want one.")
  package var audience: String?

  /// `resource` parameters.
  @Option(
    name: .customLong("resource"),
    help: ArgumentHelp(
      "A resource that the token is for (RFC 8707); may be given several times.",
      valueName: "uri"
    )
  )
  package var resources: [String] = []

  /// Further parameters of the authorization request, `name=value`.
  @Option(
    name: .customLong("auth-param"),
    help: ArgumentHelp(
      "One more parameter of the authorization request, such as prompt=login; may be given several times.",
      valueName: "name=value"
    )
  )
  package var parameters: [String] = []

  /// Where the browser comes back to, as registered.
  @Option(
    help: ArgumentHelp(
      "The redirect URI as it is registered, on loopback: http://localhost:8000/callback; port 0 or none is any free one.",
      valueName: "url"
    )
  )
  package var redirectURI: String?

  /// How the browser brings the answer.
  @Option(help: ArgumentHelp("How the browser brings the answer.", valueName: "mode"))
  package var responseMode: AuthorizationRequest.ResponseMode = .query

  /// Pushed authorization requests.
  @Option(
    help: ArgumentHelp(
      "Pushed authorization requests (RFC 9126); auto: where the issuer offers or asks for them.",
      valueName: "when"
    )
  )
  package var par: PushedAuthorization.Use = .auto

  /// Sender-constrained refresh tokens.
  @Option(
    help: ArgumentHelp(
      "Binding of refresh tokens to a key of this machine (DPoP, RFC 9449); auto: where the issuer offers it.",
      valueName: "when"
    )
  )
  package var dpop: Offer = .auto

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// The parameters as pairs.
  package var pairs: [(String, String)] {
    parameters.compactMap { text in
      guard let equals = text.firstIndex(of: "=") else { return nil }
      return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
  }

  /// Throws a usage error for what cannot be a parameter.
  package func validate() throws {
    if let redirectURI {
      do {
        _ = try RedirectURI(redirectURI)
      } catch {
        throw ValidationError("--redirect-uri: \(error.what)")
      }
    }
    for resource in resources where !resource.contains(":") || resource.contains("#") {
      throw ValidationError("--resource takes an absolute URI without a fragment (RFC 8707)")
    }
    for text in parameters where text.hasPrefix("=") || !text.contains("=") {
      throw ValidationError("--auth-param takes name=value")
    }
  }

  func add(to words: inout OptionWords) {
    words.add("--audience", audience)
    words.add("--resource", each: resources)
    words.add("--auth-param", each: parameters)
    words.add("--redirect-uri", redirectURI)
    words.add("--response-mode", responseMode, unless: .query)
    words.add("--par", par, unless: .auto)
    words.add("--dpop", dpop, unless: .auto)
  }
}
