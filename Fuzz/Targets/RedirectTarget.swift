// SPDX-License-Identifier: Apache-2.0

import OAuth

/// Requests as they reach the loopback listener of a login.
///
/// An input is six parts: method, target, Host, Content-Type, Origin, and the body after the fifth
/// line end. Parts that are missing were not sent.
struct RedirectTarget: Sendable {
  static let shared = Result { try RedirectTarget() }
  static let state = "c3RhdGUtc3RhdGUtc3RhdGUtc3RhdGUtc3RhdGUtMTI"

  let receiver: RedirectReceiver

  init() throws {
    receiver = RedirectReceiver(
      path: "/callback",
      hosts: ["127.0.0.1:8000", "localhost:8000"],
      state: Secret(Self.state),
      issuer: try Issuer("https://issuer.test/realms/one"),
      issRequired: false,
      pages: RedirectPages(issuerHost: "issuer.test", clientID: "kube", context: "prod")
    )
  }

  func run(_ input: [UInt8]) throws(Breach) -> Bool {
    try checkForm(input)
    let parts = Lines.split(input, 5)
    let request = Request(
      method: Lines.text(parts[0]) ?? "",
      target: Lines.text(parts[1]) ?? "",
      host: Lines.text(parts[2]),
      contentType: Lines.text(parts[3]),
      origin: Lines.text(parts[4]),
      body: parts[5] ?? []
    )
    var receiver = receiver
    switch request.send(to: &receiver) {
    case .respond(let status, let headers, _):
      try checkReply(status, headers)
      try checkStillOpen(receiver)
      return false
    case .finish(let outcome, let status, let headers, let body):
      try checkReply(status, headers)
      try Breach.unless(request.hasState, "a request without the state ends the login")
      try checkReload(request, receiver, body)
      return try Self.check(outcome)
    }
  }

  /// True if the outcome is a code.
  static func check(_ outcome: RedirectOutcome) throws(Breach) -> Bool {
    switch outcome {
    case .code(let code):
      let bytes = code.expose().utf8
      try Breach.unless(!bytes.isEmpty, "an empty code")
      try Breach.unless(bytes.allSatisfy { (0x20...0x7E).contains($0) }, "a code that is no text")
      return true
    case .refused(let error, let description):
      try Breach.unlessShown(error, as: "error")
      try Breach.unlessShown(description, as: "error_description")
      return false
    case .fault(let error):
      try Breach.unlessShown(error)
      return false
    }
  }

  private func checkReply(_ status: Int, _ headers: [(String, String)]) throws(Breach) {
    try Breach.unless((200..<500).contains(status), "an answer with status \(status)")
    for (name, value) in headers {
      try Breach.unless(
        (name + value).utf8.allSatisfy { (0x20...0x7E).contains($0) },
        "a header field that could end early: \(name)"
      )
    }
  }

  /// A request that is not the answer changes nothing: the right one still ends the login.
  private func checkStillOpen(_ receiver: RedirectReceiver) throws(Breach) {
    var receiver = receiver
    let good = Request(method: "GET", target: "/callback?code=c&state=\(Self.state)")
    guard case .finish(.code, _, _, _) = good.send(to: &receiver) else {
      throw Breach(rule: "a stray request ends the login")
    }
  }

  /// The browser's reload gets the same page, and no second outcome.
  private func checkReload(
    _ request: Request,
    _ receiver: RedirectReceiver,
    _ body: [UInt8]
  ) throws(Breach) {
    var receiver = receiver
    guard case .respond(_, _, let again) = request.send(to: &receiver), again == body else {
      throw Breach(rule: "a reload is not answered with the same page")
    }
  }

  /// Decoding undoes both ways of encoding.
  private func checkForm(_ input: [UInt8]) throws(Breach) {
    guard let pairs = FormEncoding.decode(input) else { return }
    let named = pairs.map { ($0.name, $0.value) }
    for text in [FormEncoding.body(named), FormEncoding.query(named)] {
      let again = FormEncoding.decode(text.utf8) ?? []
      try Breach.unless(
        again.elementsEqual(pairs) { $0.name == $1.name && $0.value == $1.value },
        "encoding and decoding a form changes it"
      )
    }
  }
}

/// One request to the listener.
private struct Request {
  var method: String
  var target: String
  var host: String? = "127.0.0.1:8000"
  var contentType: String?
  var origin: String?
  var body: [UInt8] = []

  func send(to receiver: inout RedirectReceiver) -> RedirectReceiver.Action {
    receiver.receive(
      method: method,
      target: target,
      host: host,
      contentType: contentType,
      origin: origin,
      preflight: RedirectPreflight(method: "POST", isToPrivateNetwork: true),
      body: body
    )
  }

  /// Told without the module's parser, which is the one that is tested; on bytes, because "&" with an
  /// accent behind it is another character.
  var hasState: Bool {
    let bytes = method == "POST" ? body : Array(target.utf8)
    let pairs = bytes.split { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "&") }
    return pairs.contains { pair in
      let value = pair.drop { $0 != UInt8(ascii: "=") }.dropFirst()
      return Self.unescaped(value).elementsEqual(RedirectTarget.state.utf8)
    }
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text.makeIterator()
    while let byte = rest.next() {
      guard byte == UInt8(ascii: "%"), let high = rest.next(), let low = rest.next() else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: [high, low], as: UTF8.self)
      bytes.append(UInt8(digits, radix: 16) ?? byte)
    }
    return bytes
  }
}
