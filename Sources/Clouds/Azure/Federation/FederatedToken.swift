// SPDX-License-Identifier: Apache-2.0

package import Clouds
import HTTPTypes
package import OAuth

/// Where a workload's token comes from that its application trusts (workload identity federation); had anew each time.
package enum FederatedToken: Sendable, Equatable {
  /// A projected file, which the kubelet rotates.
  case file(String)
  /// The OpenID Connect provider of GitHub Actions.
  case gitHub
  /// A service connection of Azure Pipelines.
  case pipelines(connection: String)

  /// The audience that Entra ID takes ("Configure an app to trust an external identity provider").
  static let audience = "api://AzureADTokenExchange"
  /// Projected tokens have some 1 KB.
  private static let limit = 64 * 1024

  /// The variables beside options that decide.
  package static let variables = [
    "AZURE_FEDERATED_TOKEN_FILE", GitHubActionsToken.urlVariable, "SYSTEM_OIDCREQUESTURI",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
  ]

  /// Who a token was made for, so that what is kept of one subject is never given to another.
  ///
  /// Issuer and subject, which nobody has verified: Entra ID does, before there is anything to keep. Of a token that is
  /// no JSON Web Token, a digest of where or what it was.
  func trust(in token: Secret, _ effects: CloudEffects) -> [String] {
    let claims = (try? CompactJWS(token.expose())).flatMap { try? StrictJSON(parsing: $0.payload) }
    if let issuer = claims?["iss"]?.string, let subject = claims?["sub"]?.string {
      return [text, issuer, subject]
    }
    let place =
      switch self {
      case .file: token
      case .gitHub: Secret(effects.environment[GitHubActionsToken.urlVariable] ?? "")
      case .pipelines: Secret(effects.environment["SYSTEM_OIDCREQUESTURI"] ?? "")
      }
    return [text, AzureTokens.fingerprint(of: place)]
  }

  /// What keeps two apart, without a secret.
  private var text: String {
    switch self {
    case .file: "file"
    case .gitHub: "github"
    case .pipelines(let connection): "pipelines \(connection)"
    }
  }

  /// The token, now; throws why there is none.
  package func read(_ effects: CloudEffects) async throws(CloudError) -> Secret {
    switch self {
    case .file(let path): try file(path, effects)
    case .gitHub: try await gitHub(effects)
    case .pipelines(let connection): try await PipelinesToken(connection, effects).get()
    }
  }

  private func file(_ path: String, _ effects: CloudEffects) throws(CloudError) -> Secret {
    guard let bytes = try effects.readFile(path, Self.limit), let token = VendorText.token(bytes)
    else {
      throw CloudError(
        .configuration,
        "the federated token cannot be read: \(path)",
        remedy: "check --federated-token-file and AZURE_FEDERATED_TOKEN_FILE"
      )
    }
    return Secret(token)
  }

  private func gitHub(_ effects: CloudEffects) async throws(CloudError) -> Secret {
    let host = "GitHub Actions"
    do {
      let job = try GitHubActionsToken(
        url: effects.environment[GitHubActionsToken.urlVariable],
        token: effects.environment[GitHubActionsToken.tokenVariable]
      )
      guard job.isGitHub || effects.allows(.azureOtherHosts) else {
        throw Self.elsewhere("the token of this job", job.origin)
      }
      effects.trace("asking GitHub Actions for a token of this job")
      return try job.token(
        in: try await effects.send(
          TransportTrust(authorities: []),
          job.call(audience: Self.audience)
        )
      )
    } catch let error as CloudError {
      throw error
    } catch let error as OAuthError {
      throw CloudError(
        error.isTemporary ? .temporary : .configuration,
        error.what,
        remedy: error.remedy,
        cause: error
      )
    } catch let failure as TransportFailure {
      throw CloudError(failure, fetching: "a token of this job", from: host)
    } catch {
      throw CloudError(.failed, "\(host) gave no token", remedy: "try again", cause: error)
    }
  }

  static func elsewhere(_ secret: String, _ origin: String) -> CloudError {
    CloudError(
      .configuration,
      "\(secret) would be sent to \(origin), which is not Microsoft's or GitHub's",
      remedy:
        "if that is right, \(CloudPermission.azureOtherHosts.leave)"
    )
  }
}

/// A token of a service connection, for a job of Azure Pipelines.
///
/// Source: azidentity `azure_pipelines_credential.go`; Azure DevOps REST API, "oidctoken".
struct PipelinesToken {
  let connection: String
  let effects: CloudEffects

  init(_ connection: String, _ effects: CloudEffects) {
    self.connection = connection
    self.effects = effects
  }

  func get() async throws(CloudError) -> Secret {
    let call = try call()
    let answer: HTTPAnswer
    do {
      answer = try await effects.send(TransportTrust(authorities: []), call)
    } catch {
      throw CloudError(error, fetching: "a token of this job", from: "Azure Pipelines")
    }
    let json =
      answer.body.count <= 256 * 1024
      ? try? StrictJSON(parsing: VendorText.withoutMark(answer.body)) : nil
    guard answer.status == 200, let text = json?["oidcToken"]?.string,
      let token = VendorText.token(Array(text.utf8))
    else {
      throw CloudError(
        answer.status >= 500 || answer.status == 429 ? .temporary : .refused,
        "Azure Pipelines gives no token: it answers \(answer.status)",
        remedy: "check the service connection's id, and that the step has SYSTEM_ACCESSTOKEN"
      )
    }
    return Secret(token)
  }

  private func call() throws(CloudError) -> HTTPCall {
    guard let uri = effects.environment["SYSTEM_OIDCREQUESTURI"],
      let token = effects.environment["SYSTEM_ACCESSTOKEN"]
    else {
      throw CloudError(
        .configuration,
        "SYSTEM_OIDCREQUESTURI and SYSTEM_ACCESSTOKEN are not both set",
        remedy: "run it in a job of Azure Pipelines, with SYSTEM_ACCESSTOKEN: $(System.AccessToken)"
      )
    }
    try check(uri)
    let query = FormEncoding.query([("api-version", "7.1"), ("serviceConnectionId", connection)])
    var headers: HTTPFields = [
      .accept: "application/json", .contentType: "application/json",
      .authorization: "Bearer \(token)",
    ]
    // Without it a missing permission is answered with a redirect to a login page.
    if let name = HTTPField.Name("X-TFS-FedAuthRedirect") { headers[name] = "Suppress" }
    return HTTPCall(
      method: .post,
      url: uri + (uri.contains("?") ? "&" : "?") + query,
      headers: headers
    )
  }

  /// The token of the job goes to Azure DevOps, because the variable with the address can come from a kubeconfig.
  private func check(_ uri: String) throws(CloudError) {
    let address: WebAddress
    do {
      address = try WebAddress(uri)
    } catch {
      throw CloudError(
        .configuration,
        "SYSTEM_OIDCREQUESTURI is no address to ask for a token: \(error.reason)",
        remedy: "leave that variable to Azure Pipelines"
      )
    }
    let host = address.host.lowercased()
    let isMicrosoft =
      address.isHTTPS && address.port == nil
      && (host == "dev.azure.com" || host.hasSuffix(".dev.azure.com")
        || host.hasSuffix(".visualstudio.com"))
    let isSafe = address.isHTTPS || address.isLoopback
    guard isMicrosoft || (isSafe && effects.allows(.azureOtherHosts)) else {
      throw FederatedToken.elsewhere("the token of this job", address.host)
    }
  }
}
