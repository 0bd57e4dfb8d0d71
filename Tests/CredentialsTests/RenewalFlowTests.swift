// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import Testing

/// Each row: what happens, one event after the other, and the action that each leads to.
@Suite struct RenewalFlowTests {
  typealias Step = (event: RenewalFlow.Event, action: RenewalFlow.Action)

  struct Row: Sendable {
    let name: String
    var needsIDToken = true
    var lostBefore = false
    let steps: [Step]
  }

  static let tokens = TokenResponse(
    accessToken: Secret("a"),
    idToken: Secret("i"),
    refreshToken: Secret("r")
  )
  static let ofAnotherType = TokenResponse(
    refreshToken: Secret("r"),
    refusedTokenType: "mac"
  )
  static let noID = TokenResponse(accessToken: Secret("a"), refreshToken: Secret("r"))
  static let deadWords = "the issuer answered 400 invalid_grant"
  static let lostWords =
    "the answer to an earlier renewal was lost on the way, and the issuer does not give it twice"
  static let gateway = "the issuer answered 502"

  static func answer(_ status: Int, _ code: String? = nil, retryAfter: Int? = nil)
    -> RenewalFlow.Event
  {
    .answered(.error(status: status, code: code, description: nil, retryAfter: retryAfter))
  }
  static var dead: RenewalFlow.Event { answer(400, "invalid_grant") }

  static let answered = [
    Row(
      name: "answered",
      steps: [
        (.answered(.tokens(tokens)), .keep(tokens)), (.kept, .judge(tokens)),
      ]
    ),
    Row(
      name: "no ID token, and none is wanted",
      needsIDToken: false,
      steps: [
        (.answered(.tokens(noID)), .keep(noID)), (.kept, .judge(noID)),
      ]
    ),
    Row(
      name: "tokens of a type that cannot be used are judged, not asked for again",
      steps: [
        (.answered(.tokens(ofAnotherType)), .keep(ofAnotherType)), (.kept, .judge(ofAnotherType)),
      ]
    ),
    Row(
      name: "no ID token, then one",
      steps: [
        (.answered(.tokens(noID)), .keep(noID)), (.kept, .send(openID: true)),
        (.answered(.tokens(tokens)), .keep(tokens)), (.kept, .judge(tokens)),
      ]
    ),
    Row(
      name: "no ID token twice",
      steps: [
        (.answered(.tokens(noID)), .keep(noID)), (.kept, .send(openID: true)),
        (.answered(.tokens(noID)), .keep(noID)), (.kept, .stop(.noIDToken)),
      ]
    ),
    Row(
      name: "no ID token, and the scope for one is refused: the old token, then a login",
      steps: [
        (.answered(.tokens(noID)), .keep(noID)), (.kept, .send(openID: true)),
        (answer(400, "invalid_scope"), .stop(.noIDToken)),
      ]
    ),
    Row(
      name: "no ID token, then a dead one and another: asked for openid again",
      steps: [
        (.answered(.tokens(noID)), .keep(noID)), (.kept, .send(openID: true)), (dead, .reread),
        (.reread(another: true), .send(openID: true)),
        (.answered(.tokens(noID)), .keep(noID)), (.kept, .stop(.noIDToken)),
      ]
    ),
    Row(
      name: "no ID token, then unknown: sent again as it was",
      steps: [
        (.answered(.tokens(noID)), .keep(noID)), (.kept, .send(openID: true)),
        (answer(502), .send(openID: true)),
        (answer(502), .stop(.uncertain(gateway, retryAfter: nil))),
      ]
    ),
    Row(
      name: "lost before, but answered; what fails next is not its fault",
      lostBefore: true,
      steps: [
        (.answered(.tokens(noID)), .keep(noID)), (.kept, .send(openID: true)),
        (dead, .reread), (.reread(another: false), .stop(.dead(deadWords))),
      ]
    ),
  ]

  static let ends = [
    Row(
      name: "dead, the same token in the store",
      steps: [
        (dead, .reread), (.reread(another: false), .stop(.dead(deadWords))),
      ]
    ),
    Row(
      name: "dead, another token, which works",
      steps: [
        (dead, .reread), (.reread(another: true), .send(openID: false)),
        (.answered(.tokens(tokens)), .keep(tokens)), (.kept, .judge(tokens)),
      ]
    ),
    Row(
      name: "dead, another token, dead too: no third",
      steps: [
        (dead, .reread), (.reread(another: true), .send(openID: false)),
        (dead, .reread), (.reread(another: true), .stop(.dead(deadWords))),
      ]
    ),
    Row(
      name: "dead after a lost answer",
      lostBefore: true,
      steps: [
        (dead, .reread), (.reread(another: false), .stop(.dead(lostWords))),
      ]
    ),
    Row(
      name: "configuration",
      steps: [
        (
          answer(401, "invalid_client"),
          .stop(.configuration("the issuer answered 401 invalid_client"))
        )
      ]
    ),
    Row(
      name: "a scope is refused that was not asked for",
      steps: [
        (
          answer(400, "invalid_scope"),
          .stop(.configuration("the issuer answered 400 invalid_scope"))
        )
      ]
    ),
    Row(name: "refused", steps: [(answer(403), .stop(.refused("the issuer answered 403")))]),
    Row(
      name: "temporary",
      steps: [
        (answer(503, retryAfter: 7), .stop(.temporary("the issuer answered 503", retryAfter: 7)))
      ]
    ),
    Row(
      name: "not sent",
      steps: [
        (.unanswered(.notSent("no route")), .stop(.temporary("no route", retryAfter: nil)))
      ]
    ),
    Row(
      name: "temporary after a lost answer stays uncertain",
      lostBefore: true,
      steps: [
        (answer(503), .stop(.uncertain("the issuer answered 503", retryAfter: nil)))
      ]
    ),
  ]

  static let unknowns = [
    Row(
      name: "unknown, then answered",
      steps: [
        (.unanswered(.noAnswer("reset")), .send(openID: false)),
        (.answered(.tokens(tokens)), .keep(tokens)), (.kept, .judge(tokens)),
      ]
    ),
    Row(
      name: "unknown twice",
      steps: [
        (.unanswered(.noAnswer("reset")), .send(openID: false)),
        (answer(502), .stop(.uncertain(gateway, retryAfter: nil))),
      ]
    ),
    Row(
      name: "unknown, then dead: the first was processed",
      steps: [
        (.answered(.garbled(status: 200)), .send(openID: false)),
        (dead, .reread), (.reread(another: false), .stop(.dead(lostWords))),
      ]
    ),
    Row(
      name: "unknown, then temporary",
      steps: [
        (answer(500), .send(openID: false)),
        (.unanswered(.notSent("no route")), .stop(.uncertain("no route", retryAfter: nil))),
      ]
    ),
    Row(
      name: "unknown, dead, another token, unknown: not a third time",
      steps: [
        (answer(502), .send(openID: false)), (dead, .reread),
        (.reread(another: true), .send(openID: false)),
        (answer(502), .stop(.uncertain(gateway, retryAfter: nil))),
      ]
    ),
  ]

  @Test(arguments: answered + ends + unknowns) func script(_ row: Row) {
    var flow = RenewalFlow(
      issuer: nil,
      needsIDToken: row.needsIDToken,
      lostBefore: row.lostBefore
    )
    #expect(flow.start() == .send(openID: false))
    for (index, step) in row.steps.enumerated() {
      #expect(flow.next(step.event) == step.action, "\(row.name), step \(index + 1)")
    }
  }

  @Test func issuersWithHabitsAreAskedForTheirs() {
    var flow = RenewalFlow(issuer: .dex, needsIDToken: true, lostBefore: false)
    #expect(flow.next(Self.answer(400, "invalid_request")) == .reread)
  }

  /// Every conversation there can be: whatever the issuer answers, five requests are the most.
  @Test(arguments: [true, false]) func neverALoop(needsIDToken: Bool) {
    let answers: [RenewalFlow.Event] = [
      .answered(.tokens(Self.tokens)), .answered(.tokens(Self.noID)), Self.dead,
      Self.answer(400, "invalid_scope"), Self.answer(502), Self.answer(503), Self.answer(403),
      .unanswered(.noAnswer("reset")), .unanswered(.notSent("no route")),
    ]
    func most(_ flow: RenewalFlow, _ action: RenewalFlow.Action, sent: Int) -> Int {
      let events: [RenewalFlow.Event] =
        switch action {
        case .send: answers
        case .reread: [.reread(another: true), .reread(another: false)]
        case .keep: [.kept]
        case .judge, .stop: []
        }
      let isRequest = if case .send = action { true } else { false }
      let sent = sent + (isRequest ? 1 : 0)
      guard sent <= 10 else { return sent }
      return events.map { event in
        var flow = flow
        let next = flow.next(event)
        return most(flow, next, sent: sent)
      }.max() ?? sent
    }
    let flow = RenewalFlow(issuer: nil, needsIDToken: needsIDToken, lostBefore: false)
    #expect(most(flow, flow.start(), sent: 0) == (needsIDToken ? 5 : 3))
  }
}
