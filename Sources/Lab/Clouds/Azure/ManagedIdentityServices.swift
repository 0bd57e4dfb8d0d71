// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The services that give machines and jobs their tokens, each below `/azure/NAME`.
///
/// Sources: "How to use managed identities" for virtual machines, App Service, Azure Arc, Service Fabric; azidentity for
/// the others.
enum MachineService: String, CaseIterable, Sendable {
  case imds
  case appService = "app-service"
  case arc
  case machineLearning = "ml"
  case cloudShell = "cloud-shell"
  case serviceFabric = "service-fabric"
  case pipelines
  case github

  /// What every secret header holds.
  static let secret = "lab-machine-secret"
  /// The file that Azure Arc's challenge names.
  static let arcKey = "/var/opt/azcmagent/tokens/lab.key"

  /// The service of a path.
  init?(path: String) {
    let pieces = path.split(separator: "/")
    guard pieces.count >= 2, pieces[0] == "azure", let service = Self(rawValue: String(pieces[1]))
    else { return nil }
    self = service
  }

  var version: String {
    switch self {
    case .imds: "2018-02-01"
    case .appService: "2019-08-01"
    case .arc: "2020-06-01"
    case .machineLearning: "2017-09-01"
    case .serviceFabric: "2019-07-01-preview"
    case .cloudShell, .github: ""
    case .pipelines: "7.1"
    }
  }

  /// The header that a request must have, and its value.
  var header: (name: String, value: String) {
    switch self {
    case .imds, .arc, .cloudShell: ("Metadata", "true")
    case .appService: ("X-IDENTITY-HEADER", Self.secret)
    case .machineLearning, .serviceFabric: ("Secret", Self.secret)
    case .pipelines, .github: ("Authorization", "Bearer \(Self.secret)")
    }
  }

  /// The parameters that may choose an identity.
  var choices: [String] {
    switch self {
    case .imds: ["client_id", "msi_res_id", "object_id"]
    case .appService: ["client_id", "mi_res_id", "principal_id"]
    case .machineLearning: ["clientid"]
    default: []
    }
  }

  var method: HTTPRequest.Method { [.cloudShell, .pipelines].contains(self) ? .post : .get }
}

extension IdentityProvider {
  /// Answers a request to one of the services, and logs it: the flavour as endpoint, the identity as client.
  func respond(_ request: Request, of service: MachineService) async -> Response {
    var request = request
    let body = await request.bodyText() ?? ""
    var fields = request.queryFields
    if service == .cloudShell { fields = FormFields(decoding: body) }
    options.entra?.records.add(request, form: service == .cloudShell ? fields : nil)
    let answer = await answer(request, fields, of: service)
    log.append(answer.status == .ok ? .clientGrant : .denied) { event in
      event.endpoint = service.rawValue
      event.client = service.choices.compactMap { fields[$0] }.first
      event.status = answer.status.code
    }
    return answer
  }

  private func answer(
    _ request: Request,
    _ fields: FormFields,
    of service: MachineService
  ) async -> Response {
    let header = service.header
    let isKnown = Set(["api-version", "resource", "serviceConnectionId", "audience", "job"])
      .union(service.choices)
    guard request.method == service.method, let name = HTTPField.Name(header.name),
      request.headers[name] == header.value, fields["api-version"] ?? "" == service.version,
      fields.pairs.allSatisfy({ isKnown.contains($0.name) })
    else {
      return .json(["error": "invalid_request"], status: .badRequest)
    }
    if service == .arc, request.headers[.authorization] != "Basic \(MachineService.secret)" {
      return .json(
        ["error": "unauthorized"],
        status: .unauthorized,
        headers: [("www-authenticate", "Basic realm=\(MachineService.arcKey)")]
      )
    }
    switch service {
    case .pipelines:
      return jobToken(fields["serviceConnectionId"], member: "oidcToken", Self.federationAudience)
    case .github: return jobToken(fields["job"], member: "value", fields["audience"] ?? "")
    default: return await machineToken(fields, of: service)
    }
  }

  private func jobToken(_ subject: String?, member: String, _ audience: String) -> Response {
    let token = try? assertionIssuer.assertion(
      subject: "job of \(subject ?? "nobody")",
      audience: audience,
      lifetime: 600,
      now: clock.now
    )
    return .json([member: .string(token ?? "")])
  }

  /// A token of the machine, whose numbers are strings as there.
  private func machineToken(_ fields: FormFields, of service: MachineService) async -> Response {
    guard let resource = fields["resource"], let tenant = options.entra?.tenants.first else {
      return .json(["error": "invalid_request"], status: .badRequest)
    }
    let identity = service.choices.compactMap { fields[$0] }.first ?? "machine"
    if identity == "unknown" {
      return .json(
        ["error": "invalid_request", "error_description": "Identity not found"],
        status: .badRequest
      )
    }
    let now = Int(clock.now.timeIntervalSince1970)
    let end = now + options.accessLifetime
    let draft = TokenDraft(
      use: .access,
      claims: [
        "iss": .string("\(issuer)/\(tenant)/v2.0"), "aud": .string(resource),
        "sub": .string(identity),
        "iat": .int(now), "exp": .int(end), "preferred_username": .string(identity),
        "tid": .string(tenant), "jti": .string(Randomness.token()),
      ]
    )
    guard let token = try? await keys.sign(draft) else {
      return .json(["error": "server_error"], status: .internalServerError)
    }
    var answer: [String: JSONValue] = [
      "access_token": .string(token), "expires_on": .string("\(end)"),
      "resource": .string(resource), "token_type": "Bearer",
    ]
    if service == .imds || service == .arc {
      answer["expires_in"] = .string("\(options.accessLifetime)")
    }
    return .json(.object(answer))
  }
}
