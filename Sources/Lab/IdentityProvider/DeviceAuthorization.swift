// SPDX-License-Identifier: Apache-2.0

import Hummingbird

extension IdentityProvider {
  /// `POST /device_authorization` (RFC 8628 §3.1, §3.2).
  func deviceAuthorization(_ exchange: Exchange) async throws -> Response {
    let client = try await authenticatedClient(exchange)
    let grant = await state.startDevice(
      client: client.id,
      scopes: scopes(in: exchange.fields),
      interval: options.deviceInterval,
      now: clock.now
    )
    record(.deviceStart, exchange)
    let page = url(.device)
    let complete = "\(page)?\(FormFields([("user_code", grant.userCode)]).encoded)"
    return .json(
      .object(
        exchange.plan.edited([
          "device_code": .string(grant.deviceCode),
          "user_code": .string(grant.userCode),
          "verification_uri": .string(page),
          "verification_uri_complete": .string(complete),
          "expires_in": .int(DeviceGrant.lifetime),
          "interval": .int(grant.interval),
        ])
      )
    )
  }

  /// `GET /device` shows the form, `POST /device` takes what the person decided.
  func devicePage(_ exchange: Exchange) async -> Response {
    guard exchange.isPost else { return deviceForm(exchange) }
    let fields = exchange.fields
    guard
      forms.accepts(
        fields["csrf"],
        browser: exchange.cookie(FormGuard.cookieName),
        purpose: "device"
      )
    else {
      record(.denied, exchange) { $0.reason = "form not shown to this browser" }
      return .page(
        Page.message("This form is too old", "Open the device page again."),
        status: .forbidden
      )
    }
    guard let user = person(fields) else {
      record(.denied, exchange) { $0.reason = "wrong user name or password" }
      return deviceForm(exchange, problem: "Wrong user name or password.")
    }
    let approved = fields["action"] != "deny"
    guard
      let grant = await state.decideDevice(
        userCode: fields["user_code"] ?? "",
        user: user,
        approved: approved,
        now: clock.now
      )
    else {
      record(.denied, exchange) { $0.reason = "no device waits with this code" }
      return deviceForm(exchange, problem: "No device is waiting with this code.")
    }
    record(approved ? .deviceApproved : .deviceDenied, exchange) { event in
      event.client = grant.client
      event.user = user.name
      event.sub = user.subject
    }
    return .page(Self.farewell(approved: approved))
  }

  private static func farewell(approved: Bool) -> String {
    approved
      ? Page.message("The device is logged in", "You can close this page and go back to it.")
      : Page.message("The device was refused", "Nothing was given to it. You can close this page.")
  }

  private func deviceForm(_ exchange: Exchange, problem: String? = nil) -> Response {
    let browser = exchange.cookie(FormGuard.cookieName) ?? forms.newBrowser()
    let html = DevicePage(
      userCode: exchange.fields["user_code"] ?? "",
      users: options.users,
      problem: problem,
      hidden: [("csrf", forms.field(browser: browser, purpose: "device"))]
    ).html
    return .page(html, status: problem == nil ? .ok : .badRequest, headers: [cookie(browser)])
  }
}
