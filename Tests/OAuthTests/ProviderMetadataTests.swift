// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

@Suite("provider metadata")
struct ProviderMetadataTests {
  /// Every optional endpoint, and where it comes out.
  static let endpoints: [(String, @Sendable (ProviderMetadata) -> Endpoint?)] = [
    ("authorization_endpoint", { $0.authorizationEndpoint }),
    ("device_authorization_endpoint", { $0.deviceAuthorizationEndpoint }),
    ("revocation_endpoint", { $0.revocationEndpoint }),
    ("end_session_endpoint", { $0.endSessionEndpoint }),
    ("userinfo_endpoint", { $0.userinfoEndpoint }),
    ("pushed_authorization_request_endpoint", { $0.pushedAuthorizationRequestEndpoint }),
  ]

  static let aliases: [(String, @Sendable (MutualTLSAliases) -> Endpoint?)] = [
    ("token_endpoint", { $0.tokenEndpoint }),
    ("device_authorization_endpoint", { $0.deviceAuthorizationEndpoint }),
    ("revocation_endpoint", { $0.revocationEndpoint }),
    ("pushed_authorization_request_endpoint", { $0.pushedAuthorizationRequestEndpoint }),
    ("userinfo_endpoint", { $0.userinfoEndpoint }),
  ]

  static let lists: [(String, @Sendable (ProviderMetadata) -> [String]?)] = [
    ("token_endpoint_auth_methods_supported", { $0.tokenEndpointAuthMethods }),
    ("token_endpoint_auth_signing_alg_values_supported", { $0.tokenEndpointAuthAlgorithms }),
    ("dpop_signing_alg_values_supported", { $0.dpopAlgorithms }),
    ("response_modes_supported", { $0.responseModes }),
    ("grant_types_supported", { $0.grantTypes }),
    ("scopes_supported", { $0.scopes }),
    ("prompt_values_supported", { $0.prompts }),
  ]

  static let flags: [(String, @Sendable (ProviderMetadata) -> Bool)] = [
    ("require_pushed_authorization_requests", { $0.requiresPushedAuthorizationRequests }),
    ("tls_client_certificate_bound_access_tokens", { $0.bindsAccessTokensToCertificates }),
    ("authorization_response_iss_parameter_supported", { $0.sendsIssuerInRedirect }),
  ]

  /// Values that no endpoint may have, and the code of the refusal.
  static let hostile: [(String, OAuthError.Code)] = [
    ("7", .discoveryInvalid), ("[\"https://issuer.test/x\"]", .discoveryInvalid),
    ("\"\"", .endpointInvalid), ("\"http://issuer.test/x\"", .endpointInvalid),
    ("\"http://127.0.0.1:9/x\"", .endpointInvalid), ("\"javascript:alert(1)\"", .endpointInvalid),
    ("\"https://a@issuer.test/x\"", .endpointInvalid), ("\"-x\"", .endpointInvalid),
    ("\"https://issuer.test/x#y\"", .endpointInvalid),
    ("\"https://issuer.test/../x\"", .endpointInvalid),
    ("\"HTTPS://issuer.test/x\"", .endpointInvalid), ("\"https://1.2/x\"", .endpointInvalid),
  ]

  @Test("endpoints: absent, read, refused", arguments: endpoints.indices)
  func endpoint(index: Int) throws {
    let (name, read) = Self.endpoints[index]
    #expect(read(try DiscoveryTests.metadata([name: nil])) == nil)
    #expect(read(try DiscoveryTests.metadata([name: "null"])) == nil)
    let found = try DiscoveryTests.metadata([name: "\"https://other.test/x?y=1\""])
    #expect(read(found)?.text == "https://other.test/x?y=1")
    for (value, expected) in Self.hostile {
      let failure = code { () throws(OAuthError) in
        _ = try DiscoveryTests.metadata([name: value])
      }
      #expect(failure == expected, "\(value)")
    }
  }

  @Test("aliases for mutual TLS: absent, read, refused", arguments: aliases.indices)
  func alias(index: Int) throws {
    let (name, read) = Self.aliases[index]
    func aliases(_ value: String) throws(OAuthError) -> MutualTLSAliases {
      try DiscoveryTests.metadata(["mtls_endpoint_aliases": "{\"\(name)\":\(value)}"])
        .mutualTLSAliases
    }
    #expect(read(try DiscoveryTests.metadata().mutualTLSAliases) == nil)
    #expect(read(try aliases("null")) == nil)
    #expect(read(try aliases("\"https://mtls.test/x\""))?.text == "https://mtls.test/x")
    for (value, expected) in Self.hostile {
      #expect(code { () throws(OAuthError) in _ = try aliases(value) } == expected, "\(value)")
    }
  }

  @Test("a refused alias is named with the object that it is in")
  func aliasMessage() {
    do throws(OAuthError) {
      _ = try DiscoveryTests.metadata(["mtls_endpoint_aliases": "{\"token_endpoint\":\"x\"}"])
      Issue.record("accepted")
    } catch {
      #expect(error.what.contains("a mtls_endpoint_aliases.token_endpoint that is refused"))
    }
  }

  @Test("aliases of another type", arguments: ["7", "[]", "\"https://issuer.test\"", "true"])
  func aliasType(value: String) {
    let failure = code { () throws(OAuthError) in
      _ = try DiscoveryTests.metadata(["mtls_endpoint_aliases": value])
    }
    #expect(failure == .discoveryInvalid)
  }

  @Test("lists: absent, read, refused", arguments: lists.indices)
  func list(index: Int) throws {
    let (name, read) = Self.lists[index]
    #expect(read(try DiscoveryTests.metadata([name: nil])) == nil)
    #expect(read(try DiscoveryTests.metadata([name: "[]"])) == [])
    #expect(read(try DiscoveryTests.metadata([name: "[\"a\",\"b\"]"])) == ["a", "b"])
    for value in ["\"a\"", "[1]", "{}", "true", "[\"a\",null]"] {
      let failure = code { () throws(OAuthError) in
        _ = try DiscoveryTests.metadata([name: value])
      }
      #expect(failure == .discoveryInvalid, "\(value)")
    }
  }

  @Test("flags: absent, read, refused", arguments: flags.indices)
  func flag(index: Int) throws {
    let (name, read) = Self.flags[index]
    #expect(!read(try DiscoveryTests.metadata([name: nil])))
    #expect(!read(try DiscoveryTests.metadata([name: "false"])))
    #expect(read(try DiscoveryTests.metadata([name: "true"])))
    for value in ["\"true\"", "1", "[true]"] {
      let failure = code { () throws(OAuthError) in
        _ = try DiscoveryTests.metadata([name: value])
      }
      #expect(failure == .discoveryInvalid, "\(value)")
    }
  }
}
