// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import HTTPTypes
import OAuth

/// Asks this machine's service for a token of its identity.
package struct ManagedIdentityTokens: Sendable {
  let effects: CloudEffects
  let source: ManagedIdentitySource

  /// Asks the source that the variables name.
  package init(_ effects: CloudEffects) async {
    self.effects = effects
    source = .named(
      in: effects.environment,
      hasArcAgent: await Self.hasArcAgent(effects)
    )
  }

  /// Seconds for one request: the services are on this machine or next to it.
  private static let seconds = 5.0
  /// Pauses between attempts in seconds, as azidentity has them.
  private static let pauses = [0.8, 1.6, 3.2, 6.4]

  /// A token for a resource; throws `temporary` where the service is not there or not ready.
  package func token(
    resource: String,
    _ name: ManagedIdentityName
  ) async throws(CloudError) -> EntraToken {
    effects.trace("asking \(source.title) for a token of this machine's identity")
    let call = try source.request(resource: resource, name, effects)
    var answer = try await send(call)
    if case .arc = source { answer = try await answered(answer, call) }
    return try ManagedIdentityAnswer(title: source.title).token(answer, now: effects.now())
  }

  /// Sends a request, and again while the service says that it is not ready.
  private func send(_ call: HTTPCall) async throws(CloudError) -> HTTPAnswer {
    var pauses = Self.pauses[...]
    while true {
      let answer: HTTPAnswer
      do {
        answer = try await exchange(call)
      } catch {
        throw unreachable(error)
      }
      guard Self.isUnready(answer.status), let pause = pauses.popFirst() else { return answer }
      effects.trace("\(source.title) answers \(answer.status); asking again")
      do {
        try await effects.pause(pause)
      } catch {
        throw CloudError(.failed, "interrupted while waiting", remedy: "try again")
      }
    }
  }

  /// Service Fabric is known by its certificate, the others are on this machine.
  private func exchange(_ call: HTTPCall) async throws(TransportFailure) -> HTTPAnswer {
    if case .serviceFabric(_, _, let thumbprint) = source, call.url.hasPrefix("https://") {
      return try await effects.send(TransportTrust(authorities: [], thumbprint: thumbprint), call)
    }
    return try await effects.sendDirect(Self.seconds, call)
  }

  /// "How to use managed identities on a VM": 404 while the identity is being set up, 410 during an update of the
  /// service, 429 and 5xx as everywhere.
  private static func isUnready(_ status: Int) -> Bool {
    [404, 410, 429].contains(status) || (500..<600).contains(status)
  }

  private func unreachable(_ failure: TransportFailure) -> CloudError {
    switch source {
    case .metadataService:
      CloudError(
        .temporary,
        "the metadata service does not answer: this machine may have no managed identity",
        remedy: "on a machine outside Azure use another --login",
        cause: failure
      )
    default: CloudError(failure, fetching: "a token of this machine's identity", from: source.title)
    }
  }

  // MARK: Azure Arc

  /// The answer to the request that repeats what only this machine's administrators can read.
  private func answered(
    _ answer: HTTPAnswer,
    _ call: HTTPCall
  ) async throws(CloudError) -> HTTPAnswer {
    guard answer.status == 401 else { return answer }
    let path = try ArcChallenge.path(in: answer.headers)
    guard let bytes = try effects.readFile(path, ArcChallenge.limit),
      let secret = VendorText.token(bytes)
    else {
      throw CloudError(
        .configuration,
        "the key of Azure Arc cannot be read: \(path)",
        remedy: "have your account added to the group himds"
      )
    }
    var again = call
    again.headers[.authorization] = "Basic \(secret)"
    return try await send(again)
  }

  /// Whether the agent is installed; a file of tens of megabytes, so it is not read.
  private static func hasArcAgent(_ effects: CloudEffects) async -> Bool {
    guard !ManagedIdentitySource.isNamed(in: effects.environment) else { return false }
    for path in ManagedIdentitySource.arcAgents {
      let answer = try? await effects.run(ProgramCall(["/usr/bin/test", "-e", path], seconds: 2))
      if answer?.status == 0 { return true }
    }
    return false
  }
}

/// The challenge of Azure Arc's agent: a file that only members of its group can read ("Authenticate against Azure
/// resources with Azure Arc-enabled servers").
package enum ArcChallenge {
  /// The most bytes of the file.
  package static let limit = 4096
  /// Where the agent writes its files on Linux; another folder is a service that wants a file of ours.
  private static let folder = "/var/opt/azcmagent/tokens/"

  /// The file that a challenge names; throws `refused` for one that is not the agent's.
  package static func path(in headers: HTTPFields) throws(CloudError) -> String {
    let prefix = "Basic realm="
    guard let challenge = headers[.wwwAuthenticate], challenge.hasPrefix(prefix) else {
      throw refusal("names no file")
    }
    let path = challenge.dropFirst(prefix.count).filter { $0 != "\"" }
    guard path.hasPrefix(folder), path.hasSuffix(".key") else {
      throw refusal("names a file that is not the agent's")
    }
    let name = path.dropFirst(folder.count)
    guard !name.contains("/"), !name.hasPrefix("."),
      name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw refusal("names a file that is not the agent's") }
    return path
  }

  private static func refusal(_ reason: String) -> CloudError {
    CloudError(
      .refused,
      "the challenge of Azure Arc \(reason)",
      remedy: "see that the agent of Azure Arc is what listens there: azcmagent show"
    )
  }
}
