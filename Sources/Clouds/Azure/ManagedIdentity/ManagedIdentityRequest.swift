// SPDX-License-Identifier: Apache-2.0

package import Clouds
import HTTPTypes
package import OAuth

extension ManagedIdentitySource {
  /// The request for a token of a resource; Azure Arc answers the first one with a challenge.
  ///
  /// Throws `configuration` for an endpoint that is not this machine's, and for an identity that the source cannot
  /// choose.
  package func request(
    resource: String,
    _ name: ManagedIdentityName,
    _ effects: CloudEffects
  ) throws(CloudError) -> HTTPCall {
    if case .serviceFabric(let endpoint, _, let thumbprint) = self {
      guard Self.isThumbprint(thumbprint) else {
        throw refusal(endpoint, "its certificate is not named by the 40 digits of a SHA-1")
      }
    }
    let shape = shape
    var headers = shape.headers
    headers[.accept] = "application/json"
    let endpoint = try checked(shape.endpoint, effects)
    let chosen = try choice(of: name, shape.names)
    guard let version = shape.version else {
      headers[.contentType] = "application/x-www-form-urlencoded"
      return HTTPCall(
        method: .post,
        url: endpoint,
        headers: headers,
        body: Array(FormEncoding.body([("resource", resource)]).utf8)
      )
    }
    let query = [("api-version", version), ("resource", resource)] + chosen
    let separator = endpoint.contains("?") ? "&" : "?"
    return HTTPCall(
      method: .get,
      url: endpoint + separator + FormEncoding.query(query),
      headers: headers
    )
  }

  private static func isThumbprint(_ text: String) -> Bool {
    text.utf8.count == 40 && text.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
  }

  /// How a source is asked.
  private struct Shape {
    var endpoint: String
    /// `api-version`; nil for the one that takes a form.
    var version: String?
    var headers: HTTPFields
    /// The parameters that choose an identity; a kind without one cannot be chosen.
    var names = Names()
  }

  private struct Names {
    var client: String?
    var resource: String?
    var object: String?
  }

  private var shape: Shape {
    switch self {
    case .serviceFabric(let endpoint, let header, _):
      Shape(
        endpoint: endpoint,
        version: "2019-07-01-preview",
        headers: Self.field("Secret", header.expose())
      )
    case .appService(let endpoint, let header):
      Shape(
        endpoint: endpoint,
        version: "2019-08-01",
        headers: Self.field("X-IDENTITY-HEADER", header.expose()),
        names: Names(client: "client_id", resource: "mi_res_id", object: "principal_id")
      )
    case .arc(let endpoint):
      Shape(
        endpoint: endpoint,
        version: "2020-06-01",
        headers: Self.field("Metadata", "true")
      )
    case .machineLearning(let endpoint, let secret):
      Shape(
        endpoint: endpoint,
        version: "2017-09-01",
        headers: Self.field("Secret", secret.expose()),
        names: Names(client: "clientid")
      )
    case .cloudShell(let endpoint):
      Shape(endpoint: endpoint, version: nil, headers: Self.field("Metadata", "true"))
    case .metadataService(let host):
      Shape(
        endpoint: (host.hasSuffix("/") ? String(host.dropLast()) : host)
          + "/metadata/identity/oauth2/token",
        version: "2018-02-01",
        headers: Self.field("Metadata", "true"),
        names: Names(client: "client_id", resource: "msi_res_id", object: "object_id")
      )
    }
  }

  private static func field(_ name: String, _ value: String) -> HTTPFields {
    guard let name = HTTPField.Name(name) else { return [:] }
    return [name: value]
  }

  /// The parameter that chooses an identity.
  private func choice(
    of name: ManagedIdentityName,
    _ names: Names
  ) throws(CloudError) -> [(String, String)] {
    switch name {
    case .systemAssigned: return []
    case .client(let id): if let parameter = names.client { return [(parameter, id)] }
    case .resource(let id): if let parameter = names.resource { return [(parameter, id)] }
    case .object(let id): if let parameter = names.object { return [(parameter, id)] }
    }
    throw cannotChoose
  }

  private var cannotChoose: CloudError {
    CloudError(
      .configuration,
      "\(title) cannot choose this machine's identity in that way",
      remedy: "leave out --client-id and --identity-resource-id"
    )
  }

  /// Refuses an endpoint that is neither this machine nor a link-local address: the variables can come from a
  /// kubeconfig, and what they hold is sent there.
  private func checked(
    _ endpoint: String,
    _ effects: CloudEffects
  ) throws(CloudError) -> String {
    let address: WebAddress
    do {
      address = try WebAddress(endpoint)
    } catch {
      throw refusal(endpoint, error.reason)
    }
    if address.isLoopback || address.isLinkLocal { return endpoint }
    guard address.isHTTPS else {
      throw refusal(endpoint, "it is http, which only this machine's own addresses may be")
    }
    guard effects.allows(.azureOtherHosts) else {
      throw CloudError(
        .configuration,
        "\(title) is said to be at \(address.host), which is not this machine",
        remedy:
          "if that is right, \(CloudPermission.azureOtherHosts.leave)"
      )
    }
    return endpoint
  }

  private func refusal(_ endpoint: String, _ reason: String) -> CloudError {
    CloudError(
      .configuration,
      "\"\(Text.line(endpoint))\" is no endpoint of \(title): \(reason)",
      remedy: "leave that variable to Azure"
    )
  }
}
