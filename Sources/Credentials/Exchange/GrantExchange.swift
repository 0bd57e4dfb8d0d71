// SPDX-License-Identifier: Apache-2.0

import OAuth

/// Requests to the token endpoint, with a proof of the session's key where its tokens are bound to one (RFC 9449).
struct GrantExchange: Sendable {
  let calls: ClientCalls
  /// The key that tokens are bound to and the issuer's last nonce; nil if they are not bound.
  var binding: DPoPBinding?
  /// How far this clock is from the issuer's by the last answer; nil if that had no date.
  private(set) var skew: ClockSkew?
  /// What the issuer wants of the next login by the last answer, if that was a refusal; see ``ClaimsChallenge``.
  private(set) var challenge: String?

  init(calls: ClientCalls, binding: DPoPBinding?) {
    self.calls = calls
    self.binding = binding
  }

  /// Why there is no answer.
  enum Fault: Error {
    /// The request could not be made, because of a key that cannot be used, for example; or its answer cannot be used.
    case unusable(OAuthError)
    /// The request failed on the way.
    case unanswered(TransportFailure)
  }

  /// Sends a grant, once more if the issuer only asks for a nonce in the proof.
  mutating func send(_ grant: TokenGrant) async throws(Fault) -> TokenOutcome {
    var nonce = DPoPNonce(remembered: binding?.nonce)
    while true {
      let call = try call(grant, nonce)
      let answer: HTTPAnswer
      do {
        answer = try await calls.effects.sender(calls.request.trust)(call)
      } catch {
        throw .unanswered(error)
      }
      skew = ClockSkew(headers: answer.headers, now: calls.effects.now())
      challenge = ClaimsChallenge.read(answer)
      let again = nonce.wantsAnother(after: answer)
      binding?.nonce = nonce.value
      if again, binding != nil { continue }
      return TokenOutcome(answer, now: calls.effects.now(), withProof: binding != nil)
    }
  }

  /// A request of its own for each attempt, because neither an assertion nor a proof may come twice.
  private func call(_ grant: TokenGrant, _ nonce: DPoPNonce) throws(Fault) -> HTTPCall {
    do throws(OAuthError) {
      let call = try calls.token(grant)
      guard let binding else { return call }
      return try binding.prove(call, nonce: nonce.value, calls.effects)
    } catch {
      throw .unusable(error)
    }
  }
}

extension CredentialsError {
  /// What a request to the token endpoint failed for; `subject` is what it was to give ("the tokens").
  init(_ fault: GrantExchange.Fault, fetching subject: String, from host: String) {
    switch fault {
    case .unusable(let error): self.init(error)
    case .unanswered(let failure):
      self.init(OAuthError(failure, fetching: subject, from: host))
    }
  }
}
