// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension IdentityProvider {
  /// `/authorize` by GET or POST (RFC 6749 §4.1.1): checks the request and shows the login page.
  func authorization(_ exchange: Exchange) async -> Response {
    let (given, problem) = await authorizationFields(exchange)
    guard let fields = given else {
      record(.denied, exchange) { $0.reason = problem }
      return .page(Page.message("This login cannot start", problem), status: .badRequest)
    }
    guard let client = options.clients.first(where: { $0.id == fields["client_id"] }),
      let redirectURI = fields["redirect_uri"], client.allows(redirectURI: redirectURI)
    else {
      record(.denied, exchange) { $0.reason = "unknown client or redirect_uri" }
      return Self.nobodyToRedirectTo
    }
    let mode = fields["response_mode"].flatMap(ResponseMode.init(rawValue:))
    if let (error, description) = Self.flaw(in: fields) {
      record(.denied, exchange) { $0.reason = description }
      return answer(
        redirectURI,
        mode,
        [("error", error), ("error_description", description), ("state", fields["state"])],
        exchange,
        tellsIssuer: exchange.entra == nil
      )
    }
    let request = AuthorizationRequest(
      client: client.id,
      redirectURI: redirectURI,
      responseMode: mode,
      scopes: scopes(in: fields),
      audience: fields.values("resource") + fields.values("audience"),
      state: fields["state"],
      nonce: fields["nonce"],
      codeChallenge: fields["code_challenge"] ?? "",
      loginHint: fields["login_hint"],
      keyThumbprint: options.dpop == .off ? nil : fields["dpop_jkt"],
      tellsIssuer: exchange.entra == nil,
      expires: clock.now.addingTimeInterval(600)
    )
    return loginPage(request, id: await state.remember(request, now: clock.now), exchange)
  }

  /// Without a client and an address of its own there is nobody to redirect to (RFC 6749 §4.1.2.1).
  private static var nobodyToRedirectTo: Response {
    .page(
      Page.message(
        "This login cannot start",
        "The application is not known here, or the address it wants the answer at is not its own."
      ),
      status: .badRequest
    )
  }

  /// What is wrong with an authorization request, as error code and description.
  static func flaw(in fields: FormFields) -> (error: String, description: String)? {
    if fields.repeatedName != nil { return ("invalid_request", "a parameter is given twice") }
    guard let type = fields["response_type"] else {
      return ("invalid_request", "the response_type is missing")
    }
    if type != "code" {
      return ("unsupported_response_type", "only response_type=code is supported")
    }
    if fields["code_challenge_method"] != "S256" || fields["code_challenge"]?.utf8.count != 43 {
      return ("invalid_request", "PKCE with S256 is required")
    }
    if fields.values("resource").contains(where: { !$0.contains(":") || $0.contains("#") }) {
      return ("invalid_target", "a resource is an absolute URI")
    }
    if let mode = fields["response_mode"], ResponseMode(rawValue: mode) == nil {
      return ("invalid_request", "this response_mode is not supported")
    }
    if fields["prompt"] == "none" { return ("login_required", "nobody is logged in here") }
    return nil
  }

  private func loginPage(
    _ request: AuthorizationRequest,
    id: String,
    _ exchange: Exchange,
    problem: String? = nil
  ) -> Response {
    let browser = exchange.cookie(FormGuard.cookieName) ?? forms.newBrowser()
    let html = LoginPage(
      client: request.client,
      users: options.users,
      chosen: request.loginHint,
      problem: problem,
      hidden: [("request", id), ("csrf", forms.field(browser: browser, purpose: id))]
    ).html
    return .page(
      html,
      status: problem == nil ? .ok : .unauthorized,
      headers: [cookie(browser)]
    )
  }

  /// The header that gives a browser its cookie.
  func cookie(_ browser: String) -> (name: String, value: String) {
    let secure = options.issuerTLS ? "; Secure" : ""
    return (
      "set-cookie", "\(FormGuard.cookieName)=\(browser); Path=/; HttpOnly; SameSite=Lax\(secure)"
    )
  }

  /// `POST /login`: the login form comes back.
  func login(_ exchange: Exchange) async -> Response {
    let fields = exchange.fields
    guard let id = fields["request"], let request = await state.request(id, now: clock.now),
      forms.accepts(fields["csrf"], browser: exchange.cookie(FormGuard.cookieName), purpose: id)
    else {
      record(.denied, exchange) { $0.reason = "form not shown to this browser, or too old" }
      return .page(
        Page.message("This form is too old", "Start the login again where you came from."),
        status: .forbidden
      )
    }
    if fields["action"] == "deny" {
      await state.finish(id)
      return refusedByPerson(request, exchange)
    }
    guard let user = person(fields) else {
      record(.denied, exchange) { event in
        event.client = request.client
        event.reason = "wrong user name or password"
      }
      return loginPage(request, id: id, exchange, problem: "Wrong user name or password.")
    }
    await state.finish(id)
    let code = await state.issueCode(for: request, user: user, now: clock.now)
    record(.login, exchange) { event in
      event.client = request.client
      event.user = user.name
      event.sub = user.subject
    }
    return answer(
      request.redirectURI,
      request.responseMode,
      [("code", code), ("state", request.state)],
      exchange,
      tellsIssuer: request.tellsIssuer
    )
  }

  private func refusedByPerson(_ request: AuthorizationRequest, _ exchange: Exchange) -> Response {
    record(.denied, exchange) { event in
      event.client = request.client
      event.reason = "the person said no"
    }
    return answer(
      request.redirectURI,
      request.responseMode,
      [("error", "access_denied"), ("state", request.state)],
      exchange,
      tellsIssuer: request.tellsIssuer
    )
  }

  /// The user whose name and password a form carries.
  func person(_ fields: FormFields) -> LabUser? {
    guard let user = options.users.first(where: { $0.name == fields["username"] }),
      let password = fields["password"],
      Randomness.sha256(password) == Randomness.sha256(user.password)
    else { return nil }
    return user
  }
}
