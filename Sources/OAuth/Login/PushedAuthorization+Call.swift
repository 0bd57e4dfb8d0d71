// SPDX-License-Identifier: Apache-2.0

extension PushedAuthorization {
  /// The POST that pushes a request (RFC 9126 section 2.1), authenticated as at the token endpoint.
  package static func call(
    for request: AuthorizationRequest,
    at endpoint: Endpoint,
    authentication: ClientAuthentication
  ) -> HTTPCall {
    let pairs = request.pairs.filter { $0.0 != "client_id" }
    var call = authentication.call(endpoint, clientID: request.clientID, pairs)
    // Authentication by header leaves the body without a client_id, which the request itself needs.
    let named = FormEncoding.decode(call.body)?.contains { $0.name == "client_id" } ?? false
    if !named {
      call.body += Array("&\(FormEncoding.body([("client_id", request.clientID)]))".utf8)
    }
    return call
  }
}
