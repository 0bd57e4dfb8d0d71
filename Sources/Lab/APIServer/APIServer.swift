// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// As much of a kube-apiserver as kubectl needs to look around: authentication is real, the objects
/// are made up, and whoever is authenticated may see all of them.
struct APIServer: LabWebsite {
  let authenticator: Authenticator
  let catalog: Catalog
  let clock: LabClock
  let log: EventLog

  func respond(to request: Request, on connection: any Channel) async -> Response {
    var request = request
    // A watch reads on, to see when its client goes.
    let body = request.method == .get ? nil : await request.bodyText(limit: 1_000_000)
    let verdict = await authenticator.judge(request.headers[.authorization], now: clock.now)
    let user: UserInfo
    switch verdict {
    case .accepted(let accepted):
      user = accepted
    case .rejected(let reason):
      record(request, status: 401) { $0.reason = reason }
      return Self.unauthorized
    }
    let response =
      Self.impersonated(request).map { KubernetesStatus.mayNotImpersonate(user, $0).response }
      ?? answer(request, body: body ?? "", user: user)
    record(request, status: response.status.code) { $0.user = user.username }
    return response
  }

  /// What a request wants to be taken for, if it does (`kubectl --as`).
  private static func impersonated(_ request: Request) -> String? {
    request.headers.first { $0.name.canonicalName.hasPrefix("impersonate-") }?.value
  }

  private func record(_ request: Request, status: Int, _ fill: (inout LabEvent) -> Void) {
    log.append(.apiRequest) { event in
      event.verb = request.method.rawValue
      event.path = String(request.uri.path.prefix(256))
      event.status = status
      fill(&event)
    }
  }

  private func answer(_ request: Request, body: String, user: UserInfo) -> Response {
    let path = request.uri.path.split(separator: "/").map(String.init)
    switch (request.method, path) {
    case (.get, ["healthz"]), (.get, ["livez"]), (.get, ["readyz"]):
      return .text("ok", type: "text/plain; charset=utf-8")
    case (.get, ["version"]):
      return .json(Self.version)
    case (.get, _):
      if let document = APIDiscovery.document(path, catalog: catalog) { return .json(document) }
      return catalog.answer(path, request, now: clock.now)
    case (.post, ["apis", "authentication.k8s.io", "v1", "selfsubjectreviews"]):
      return .json(Self.review(of: user), status: .created)
    case (.post, ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"]):
      return .json(Self.accessReview(body), status: .created)
    default:
      return KubernetesStatus.methodNotAllowed.response
    }
  }

  /// Byte for byte what a kube-apiserver answers to whoever it does not know: no reason, no
  /// challenge.
  static let unauthorized = Response.text(
    #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}"#
      + "\n",
    type: "application/json",
    status: .unauthorized,
    headers: [("cache-control", "no-cache, private")]
  )

  private static let version: JSONValue = [
    "major": "1", "minor": "32", "gitVersion": "v1.32.4", "gitCommit": "lanyard-lab",
    "gitTreeState": "clean", "buildDate": "2025-04-22T15:00:00Z", "goVersion": "none",
    "compiler": "swiftc", "platform": "linux/amd64",
  ]

  private static func review(of user: UserInfo) -> JSONValue {
    [
      "kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1",
      "metadata": ["creationTimestamp": .null], "status": ["userInfo": user.json],
    ]
  }

  private static func accessReview(_ body: String) -> JSONValue {
    let asked = try? JSONValue.parse(body)
    return [
      "kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1",
      "metadata": ["creationTimestamp": .null], "spec": asked?["spec"] ?? [:],
      "status": [
        "allowed": true, "reason": "everyone who is authenticated may do everything here",
      ],
    ]
  }
}

/// A failure in Kubernetes' form (meta/v1 Status).
struct KubernetesStatus: Error {
  let code: Int
  let reason: String
  let message: String

  static let methodNotAllowed = KubernetesStatus(
    code: 405,
    reason: "MethodNotAllowed",
    message: "the server does not allow this method on the requested resource"
  )

  static func badRequest(_ message: String) -> KubernetesStatus {
    KubernetesStatus(code: 400, reason: "BadRequest", message: message)
  }

  /// Everybody may do everything here but be somebody else.
  static func mayNotImpersonate(_ user: UserInfo, _ other: String) -> KubernetesStatus {
    KubernetesStatus(
      code: 403,
      reason: "Forbidden",
      message: "users \"\(other)\" is forbidden: User \"\(user.username)\" cannot impersonate "
        + "resource \"users\" in API group \"\" at the cluster scope"
    )
  }

  /// On which client-go lists and watches instead.
  static let noInitialEvents = KubernetesStatus(
    code: 422,
    reason: "Invalid",
    message:
      "ListOptions.meta.k8s.io \"\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is "
      + "forbidden for watch unless the WatchList feature gate is enabled"
  )

  static let pathNotFound = KubernetesStatus(
    code: 404,
    reason: "NotFound",
    message: "the server could not find the requested resource"
  )

  var response: Response {
    .json(
      [
        "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
        "message": .string(message), "reason": .string(reason), "code": .int(code),
      ],
      status: .init(code: code)
    )
  }
}
