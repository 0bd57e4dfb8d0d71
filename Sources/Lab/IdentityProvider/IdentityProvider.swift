// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore
import NIOSSL
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The OpenID provider: routes requests, applies faults, keeps the log.
///
/// What the endpoints do is in the extensions.
final class IdentityProvider: LabWebsite {
  let options: LabOptions
  let clock: LabClock
  let log: EventLog
  let faults: FaultBox
  let keys: SigningKeys
  let authority: LabCertificateAuthority
  let assertionIssuer: AssertionIssuer
  let state: IssuerState
  let forms = FormGuard()
  let admin: AdminAccess
  private let keysPath = Randomness.token()
  private let lateIssuer = Mutex("")
  private let requestCount = Mutex(0)

  init(
    options: LabOptions,
    clock: LabClock,
    log: EventLog,
    faults: FaultBox,
    keys: SigningKeys,
    authority: LabCertificateAuthority,
    assertionIssuer: AssertionIssuer,
    admin: AdminAccess
  ) {
    self.options = options
    self.clock = clock
    self.log = log
    self.faults = faults
    self.keys = keys
    self.authority = authority
    self.assertionIssuer = assertionIssuer
    self.admin = admin
    state = IssuerState(
      rules: .init(
        lifetime: options.refreshLifetime,
        reuseGrace: options.reuseGrace,
        rotation: options.rotation
      )
    )
  }

  /// The issuer identifier; known once the server listens, which is before anybody can ask.
  var issuer: String {
    get { lateIssuer.withLock { $0 } }
    set { lateIssuer.withLock { $0 = newValue } }
  }

  /// The absolute URL of an endpoint.
  func url(_ endpoint: IssuerEndpoint) -> String { issuer + path(of: endpoint) }

  /// What stands before the paths of the endpoints that take client certificates (RFC 8705 §5).
  static let aliasPrefix = "/mtls"

  /// The path of an endpoint in this run.
  func path(of endpoint: IssuerEndpoint) -> String {
    endpoint == .keys && options.randomKeysPath ? "\(endpoint.path)/\(keysPath)" : endpoint.path
  }

  func respond(to request: Request, on connection: any Channel) async -> Response {
    if request.uri.path.hasPrefix("/admin/") { return await respondToAdmin(request) }
    let prefix = options.takesClientCertificates ? Self.aliasPrefix : ""
    let path = request.uri.path.trimmingPrefix(prefix)
    if options.entra != nil, let service = MachineService(path: request.uri.path) {
      return await respond(request, of: service)
    }
    let entra = options.entra == nil ? nil : EntraPlace(path: path)
    let own = IssuerEndpoint.allCases.first { self.path(of: $0) == path }
    guard let endpoint = entra?.endpoint ?? own else { return .nothingHere }
    guard endpoint.methods.contains(request.method) else {
      return .methodNotAllowed(but: endpoint.methods)
    }
    var request = request
    guard let body = await request.bodyText() else {
      return .text("body too long\n", type: "text/plain", status: .contentTooLarge)
    }
    let fields = request.method == .post ? FormFields(decoding: body) : request.queryFields
    let certificate = try? await connection.nioSSL_peerCertificate().get()
    var exchange = accept(request, endpoint: endpoint, fields: fields)
    exchange.entra = entra
    exchange.certificate = (try? certificate?.toDERBytes()).map(ClientCertificate.Presented.init)
    return await answer(exchange, on: connection)
  }

  /// Numbers the request, makes its plan and logs its arrival.
  private func accept(_ request: Request, endpoint: IssuerEndpoint, fields: FormFields) -> Exchange
  {
    let number = requestCount.withLock { count in
      count += 1
      return count
    }
    let draft = Exchange(
      request: request,
      number: number,
      endpoint: endpoint,
      fields: fields,
      plan: AnswerPlan()
    )
    let grant = endpoint == .token ? GrantType.shortName(fields["grant_type"]) : nil
    let plan = faults.plan(endpoint: endpoint, grant: grant, client: draft.claimedClient)
    let exchange = Exchange(
      request: request,
      number: number,
      endpoint: endpoint,
      fields: fields,
      plan: plan
    )
    record(.requestArrived, exchange)
    return exchange
  }

  /// Answers as the plan says: late, not at all, with something else, or normally.
  private func answer(_ exchange: Exchange, on connection: any Channel) async -> Response {
    let plan = exchange.plan
    if let delay = plan.delayBefore { try? await Task.sleep(for: delay) }
    if plan.drop == .before { return await hangUp(exchange, connection, .before) }
    var response: Response
    if let canned = plan.cannedAnswer?(exchange) {
      response = .text(
        canned.body,
        type: canned.type,
        status: .init(code: canned.status),
        headers: canned.headers
      )
    } else {
      response = await process(exchange)
    }
    dress(&response, plan)
    if let delay = plan.delayAfter { try? await Task.sleep(for: delay) }
    if plan.drop == .after { return await hangUp(exchange, connection, .after) }
    record(.requestAnswered, exchange) { $0.status = response.status.code }
    return response
  }

  /// The time of the lab's clock, and the header fields that faults want.
  private func dress(_ response: inout Response, _ plan: AnswerPlan) {
    response.headers[.date] = HTTPDate.text(clock.now.addingTimeInterval(plan.dateShift))
    for (name, value) in plan.headers {
      guard let field = HTTPField.Name(name) else { continue }
      // Empty stands for taken away; the server that sends the answer would add its own.
      response.headers[field] = value
    }
  }

  private func hangUp(
    _ exchange: Exchange,
    _ connection: any Channel,
    _ when: AnswerPlan.Drop
  ) async -> Response {
    record(.requestDropped, exchange) { $0.reason = "\(when.rawValue) processing" }
    try? await connection.close()
    return Response(status: .internalServerError)
  }

  private func process(_ exchange: Exchange) async -> Response {
    do {
      if let keepingOld = exchange.plan.rotatesKeysKeepingOld {
        try await rotateKeys(keepingOld: keepingOld)
      }
      try checkTenant(exchange)
      switch exchange.endpoint {
      case .discovery:
        if let place = exchange.entra { return await entraDiscovery(place, exchange) }
        return await discovery(exchange)
      case .keys: return document(await keys.keySet, exchange)
      case .authorization: return await authorization(exchange)
      case .login: return await login(exchange)
      case .token: return try await token(exchange)
      case .revocation: return try await revocation(exchange)
      case .deviceAuthorization: return try await deviceAuthorization(exchange)
      case .device: return await devicePage(exchange)
      case .userInfo: return try await userInfo(exchange)
      case .endSession: return await endSession(exchange)
      case .pushedAuthorizationRequest: return try await pushedAuthorizationRequest(exchange)
      }
    } catch let refusal as OAuthRefusal {
      return refuse(exchange, refusal)
    } catch {
      return .json(["error": "server_error"], status: .internalServerError)
    }
  }

  private func refuse(_ exchange: Exchange, _ refusal: OAuthRefusal) -> Response {
    record(.denied, exchange, family: refusal.family) { event in
      event.reason = refusal.reason ?? refusal.description
      event.status = refusal.status
    }
    var headers = refusal.headers
    if refusal.status == 401 {
      let challenge = refusal.challenge ?? "Basic realm=\"lanyard-lab\""
      headers.append((name: "www-authenticate", value: challenge))
    }
    if refusal.hasNoBody {
      return .text("", type: "text/plain", status: .init(code: refusal.status), headers: headers)
    }
    let words: [String: JSONValue] =
      exchange.entra == nil
      ? ["error": .string(refusal.code), "error_description": .string(refusal.description)]
      : entraRefusal(refusal)
    return .json(
      .object(exchange.plan.edited(words)),
      status: .init(code: refusal.status),
      headers: headers
    )
  }

  /// Logs an event of an exchange.
  func record(
    _ kind: LabEvent.Kind,
    _ exchange: Exchange,
    family: RefreshFamily? = nil,
    _ fill: (inout LabEvent) -> Void = { _ in }
  ) {
    log.append(kind) { event in
      event.request = exchange.number
      event.endpoint = exchange.endpoint.rawValue
      if exchange.endpoint == .token {
        event.grant = GrantType.shortName(exchange.fields["grant_type"])
      }
      event.method = exchange.method?.rawValue
      if exchange.usesAlias { event.path = exchange.path }
      event.client = family?.client ?? exchange.claimedClient.map { String($0.prefix(64)) }
      event.family = family?.isRenewable == true ? family?.id : nil
      event.generation = family?.isRenewable == true ? family?.generation : nil
      event.user = family?.user.name
      event.sub = family?.user.subject
      if !exchange.plan.faults.isEmpty {
        event.faults = exchange.plan.faults.joined(separator: ",")
      }
      fill(&event)
    }
  }
}
