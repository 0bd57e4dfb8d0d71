// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// A relying party of the tests' own, at one lab: it asks, the person answers, it exchanges.
struct Visitor: Sendable {
  static let redirectURI = "http://127.0.0.1:1/callback"
  // RFC 7636 appendix B.
  static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

  let lab: RunningLab
  let web: WebClient
  let browser: BrowserDriver

  /// Starts a lab for the time of `body`.
  static func with(
    _ change: (inout LabOptions) throws -> Void = { _ in },
    _ body: (Visitor) async throws -> Void
  ) async throws {
    var options = LabOptions()
    try change(&options)
    let lab = try await Lab.start(options)
    let visitor = Visitor(
      lab: lab,
      web: try WebClient(caPEM: lab.caPEM),
      browser: try BrowserDriver(caPEM: lab.caPEM)
    )
    do {
      try await body(visitor)
      await visitor.leave()
    } catch {
      await visitor.leave()
      throw error
    }
  }

  private func leave() async {
    await web.close()
    await browser.close()
    await lab.stop()
  }

  /// An authorization URL with everything right, except for what is changed; nil leaves a parameter
  /// out.
  func authorizationURL(_ changes: [String: String?] = [:]) -> String {
    var parameters: [String: String?] = [
      "response_type": "code", "client_id": "lanyard", "redirect_uri": Self.redirectURI,
      "scope": "openid offline_access groups", "state": "the-state", "nonce": "the-nonce",
      "code_challenge": Self.challenge, "code_challenge_method": "S256",
    ]
    parameters.merge(changes) { _, change in change }
    let given = parameters.compactMap { name, value in value.map { (name, $0) } }
    return "\(lab.issuer)/authorize?\(FormFields(given).encoded)"
  }

  /// The parameters of a callback after a login.
  func callback(
    _ changes: [String: String?] = [:],
    as person: BrowserDriver.Person = .init("alice")
  )
    async throws -> FormFields
  {
    let url = try await browser.authorize(at: authorizationURL(changes), as: person)
    return try #require(WebAddress(url)).parameters
  }

  /// Exchanges the code of a new login.
  func logIn(as person: BrowserDriver.Person = .init("alice"), client: String = "lanyard")
    async throws -> WebClient.Answer
  {
    let code = try #require(try await callback(["client_id": client], as: person)["code"])
    return try await exchange(code, client: client)
  }

  func exchange(
    _ code: String,
    client: String = "lanyard",
    verifier: String = Visitor.verifier
  ) async throws -> WebClient.Answer {
    try await token([
      ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Self.redirectURI),
      ("client_id", client), ("code_verifier", verifier),
    ])
  }

  func refresh(_ refreshToken: String) async throws -> WebClient.Answer {
    try await token([
      ("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("client_id", "lanyard"),
    ])
  }

  func token(_ form: [(String, String)], headers: [(name: String, value: String)] = [])
    async throws -> WebClient.Answer
  {
    try await web.send("\(lab.issuer)/token", headers: headers, form: FormFields(form))
  }

  /// A request to the API server.
  func api(_ path: String, token: String?) async throws -> WebClient.Answer {
    let headers = token.map { [(name: "authorization", value: "Bearer \($0)")] } ?? []
    return try await web.send(lab.apiServerURL + path, headers: headers)
  }

  /// A request to the admin API.
  func admin(_ path: String, method: String? = nil, _ body: String? = nil, secret: String? = nil)
    async throws -> WebClient.Answer
  {
    try await web.send(
      "\(lab.issuer)/admin/\(path)",
      method: method,
      headers: [(name: "authorization", value: "Bearer \(secret ?? lab.adminSecret)")],
      body: body
    )
  }

  /// The kinds of events in the log, without arrivals and answers.
  var story: [LabEvent.Kind] {
    lab.log().map(\.kind).filter { ![.requestArrived, .requestAnswered, .apiRequest].contains($0) }
  }
}

extension WebClient.Answer {
  /// A string member of the JSON body.
  func member(_ name: String) throws -> String { try #require(try json()[name]?.string) }

  /// The claims of a token in the JSON body, unverified.
  func claims(_ name: String) throws -> JSONValue { try JSONValue.parse(tokenPart(name, 1)) }

  /// The header of a token in the JSON body.
  func tokenHeader(_ name: String) throws -> JSONValue { try JSONValue.parse(tokenPart(name, 0)) }

  private func tokenPart(_ name: String, _ index: Int) throws -> String {
    let part = try member(name).split(separator: ".", omittingEmptySubsequences: false)[index]
    return try #require(decodeBase64URL(String(part)))
  }
}

/// Decodes base64url text without padding.
private func decodeBase64URL(_ text: String) -> String? {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
  var bits = 0
  var value = 0
  var bytes: [UInt8] = []
  for character in text {
    guard let digit = alphabet.firstIndex(of: character) else { return nil }
    value = (value << 6 | digit) & 0xffff
    bits += 6
    if bits >= 8 {
      bits -= 8
      bytes.append(UInt8(value >> bits & 0xff))
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
