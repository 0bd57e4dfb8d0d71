// SPDX-License-Identifier: Apache-2.0

/// How one request will be answered: normally, unless faults say otherwise.
struct AnswerPlan: Sendable {
  /// When to close the connection instead of answering.
  enum Drop: String, Sendable {
    case before
    case after
  }

  var delayBefore: Duration?
  var delayAfter: Duration?
  var drop: Drop?
  /// What is answered in place of the real answer, given the request.
  var cannedAnswer: (@Sendable (Exchange) -> CannedAnswer)?
  /// The names of the faults that made this plan.
  var faults: [String] = []
  private var tokenEdits: [@Sendable (inout TokenDraft) -> Void] = []
  private var answerEdits: [@Sendable (inout [String: JSONValue]) -> Void] = []
  private var redirectEdits: [@Sendable (inout RedirectParameters) -> Void] = []
  /// New keys before the request is processed; the value says whether the old ones stay published.
  var rotatesKeysKeepingOld: Bool?
  /// Refuses proofs of possession although they are announced (RFC 9449).
  var refusesProofs = false
  /// Whether proofs need another nonce from this request on.
  var renewsNonce = false
  /// Whether the claims of a person come signed.
  var signsUserInfo = false
  /// Seconds that the answer's `Date` is ahead of the lab's clock.
  var dateShift = 0.0
  /// Header fields to set in the answer; an empty value takes one away.
  var headers: [(name: String, value: String)] = []

  /// Changes tokens before they are signed: all of them, or those that the fault's
  /// `token=id|access` names.
  mutating func editTokens(
    of fault: Fault,
    _ edit: @escaping @Sendable (inout TokenDraft) -> Void
  ) {
    let only = fault.parameters["token"]
    tokenEdits.append { draft in
      if only == nil || only == draft.use.rawValue { edit(&draft) }
    }
  }

  /// Changes the members of a JSON answer.
  mutating func editAnswer(_ edit: @escaping @Sendable (inout [String: JSONValue]) -> Void) {
    answerEdits.append(edit)
  }

  /// Changes the parameters of an authorization response.
  mutating func editRedirect(_ edit: @escaping @Sendable (inout RedirectParameters) -> Void) {
    redirectEdits.append(edit)
  }

  func edited(_ parameters: RedirectParameters) -> RedirectParameters {
    redirectEdits.reduce(into: parameters) { parameters, edit in edit(&parameters) }
  }

  func edited(_ draft: TokenDraft) -> TokenDraft {
    tokenEdits.reduce(into: draft) { draft, edit in edit(&draft) }
  }

  func edited(_ answer: [String: JSONValue]) -> [String: JSONValue] {
    answerEdits.reduce(into: answer) { answer, edit in edit(&answer) }
  }
}

/// An answer that a fault gives in place of the real one.
struct CannedAnswer: Sendable {
  let status: Int
  let type: String
  let body: String
  var headers: [(name: String, value: String)] = []
}

/// The parameters of an authorization response, in order, some perhaps twice.
typealias RedirectParameters = [(name: String, value: String)]
