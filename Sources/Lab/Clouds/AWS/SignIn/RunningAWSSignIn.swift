// SPDX-License-Identifier: Apache-2.0

import Crypto
import ServiceLifecycle
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The stand-in for AWS's sign-in services, while it listens on 127.0.0.1.
package struct RunningAWSSignIn: Sendable {
  /// What answers, and what it was asked.
  package let site: AWSSignInSite
  private let group: ServiceGroup
  private let running: Task<Void, Never>

  /// Starts it on any free port; throws `LabError.notStarted`.
  ///
  /// Credentials that it gives are known to the cloud beside it, so that a cluster takes tokens made with them.
  static func start(beside cloud: AWSCloud?) async throws -> RunningAWSSignIn {
    let site = AWSSignInSite(cloud: cloud)
    let (ports, sink) = AsyncStream<Int>.makeStream()
    let service = try LabServer.service(site, port: 0, clock: LabClock(), certificate: nil) {
      sink.yield($0)
    }
    var configuration = ServiceGroupConfiguration(services: [service], logger: LabServer.logger)
    configuration.maximumGracefulShutdownDuration = .seconds(2)
    let group = ServiceGroup(configuration: configuration)
    let running = Task {
      try? await group.run()
      sink.finish()
    }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else {
      throw LabError(.notStarted, "the stand-in for AWS's sign-in did not start")
    }
    site.url = "http://127.0.0.1:\(port)"
    return RunningAWSSignIn(site: site, group: group, running: running)
  }

  /// Ends it; returns when it is gone.
  package func stop() async {
    await group.triggerGracefulShutdown()
    await running.value
  }

  /// The variables that lead the AWS tools here.
  package var variables: [String: String] {
    [
      "AWS_ENDPOINT_URL_SSO_OIDC": site.url, "AWS_ENDPOINT_URL_SSO": site.url,
      "AWS_ENDPOINT_URL_SIGNIN": site.url,
    ]
  }

  /// A sign-in at IAM Identity Center, as the AWS CLI would have written it into its cache.
  ///
  /// The access token ends after so many seconds, by the file and by the service; `more` are members that nobody knows.
  package func identityCenterFile(
    startURL: String,
    region: String = "us-east-1",
    accessLifetime: Double,
    more: [String: JSONValue] = [:]
  ) -> String {
    let client = AWSSignInSite.Client(
      secret: Randomness.token("lab-secret-"),
      grants: ["refresh_token"],
      redirectURIs: []
    )
    let id = Randomness.token("lab-client-")
    site.state.withLock { $0.clients[id] = client }
    let signIn = site.newSignIn(client: id, key: nil)
    let end = site.clock.now.addingTimeInterval(accessLifetime)
    site.state.withLock { $0.signIns[$0.signIns.count - 1].accessEnds = end }
    let members: [String: JSONValue] = [
      "startUrl": .string(startURL), "region": .string(region),
      "accessToken": .string(signIn.access), "expiresAt": .string(end.formatted(.iso8601)),
      "clientId": .string(id), "clientSecret": .string(client.secret),
      "registrationExpiresAt": "2099-01-01T00:00:00Z",
      "refreshToken": .string(signIn.refreshTokens[0]),
    ]
    return JSONValue.object(members.merging(more) { $1 }).text
  }

  /// A sign-in at the console, as the AWS CLI would have written it into its cache, with a key as PEM.
  package func consoleFile(
    keyPEM: String,
    accessLifetime: Double,
    more: [String: JSONValue] = [:]
  ) throws -> String {
    let key = try P256.Signing.PrivateKey(pemRepresentation: keyPEM)
    let client = "arn:aws:signin:::devtools/same-device"
    let point = Array(key.publicKey.rawRepresentation)
    let jwk: [String: JSONValue] = [
      "kty": "EC", "crv": "P-256", "x": .string(Randomness.base64URL(point[..<32])),
      "y": .string(Randomness.base64URL(point[32...])),
    ]
    let signIn = site.newSignIn(client: client, key: PublicKeyText.thumbprint(jwk))
    let end = site.clock.now.addingTimeInterval(accessLifetime)
    let members: [String: JSONValue] = [
      "accessToken": [
        "accessKeyId": "ASIACONSOLEOLD", "secretAccessKey": "old", "sessionToken": "old",
        "accountId": "111122223333", "expiresAt": .string(end.formatted(.iso8601)),
      ],
      "tokenType": "aws_sigv4", "clientId": .string(client), "idToken": "e30.e30.c2ln",
      "refreshToken": .string(signIn.refreshTokens[0]), "dpopKey": .string(keyPEM),
    ]
    return JSONValue.object(members.merging(more) { $1 }).text
  }
}
