// SPDX-License-Identifier: Apache-2.0

/// Whether an issuer really binds tokens to a key, as its answers to proofs show.
package enum DPoPSupport: Sendable, Equatable {
  /// The tokens are bound.
  case bound
  /// The issuer does not take part, whatever it announces: whoever may, goes on without proofs and
  /// remembers it.
  case refused(Refusal)
  /// The answer says nothing about it.
  case unknown

  /// How an issuer shows that it does not take part.
  package enum Refusal: Sendable, Equatable {
    /// The token type is Bearer (RFC 9449 section 5): the tokens are good and not bound, and a later
    /// request needs no proof.
    case bearer
    /// `invalid_dpop_proof`: no tokens, and the request may be sent without a proof.
    case invalidProof
  }

  /// Interprets an answer of the token endpoint to a request with a proof.
  ///
  /// A request for another nonce is not a refusal: ``DPoPNonce`` comes first.
  package init(_ outcome: TokenOutcome) {
    switch outcome {
    case .tokens(let tokens):
      self =
        if tokens.isBound { .bound } else {
          tokens.refusedTokenType == nil ? .refused(.bearer) : .unknown
        }
    case .error(_, "invalid_dpop_proof", _, _): self = .refused(.invalidProof)
    case .error, .garbled: self = .unknown
    }
  }
}
