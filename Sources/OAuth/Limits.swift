// SPDX-License-Identifier: Apache-2.0

/// Every bound of this module, with its reason.
///
/// Sizes are bytes, times are seconds.
package enum Limits {
  /// URLs: what browsers and proxies commonly carry.
  package static let url = 2048
  /// A whole authorization URL: what servers accept as a request line, with room for resources.
  package static let authorizationURL = 16 * 1024
  /// A pushed request's life beyond which the figure is nonsense: one day, where minutes are usual.
  package static let pushedRequestLife = 86_400
  /// Discovery documents: real ones have 2 to 10 KB.
  package static let discoveryDocument = 256 * 1024
  /// JWK sets: real ones have 1 to 20 KB; 100 keys of RSA 4096 with certificates fit.
  package static let keyDocument = 256 * 1024
  /// For how long a document need not be asked for again: a minute, lest a renewal become three
  /// requests, to a day, lest a withdrawn key live on.
  package static let documentLife = (least: 60, most: 86_400)
  /// Keys in one set: a search over them must stay cheap.
  package static let keys = 100
  /// Answers of the token endpoint: tokens with many groups reach some 100 KB.
  package static let tokenAnswer = 1024 * 1024
  /// Answers of the userinfo endpoint: claims about one person, groups and a picture among them.
  package static let userinfo = 256 * 1024
  /// A claim that is shown to people: a name or an address.
  package static let displayClaim = 1024
  /// A JWS, checked before it is split: a splitter must never see a million dots (CVE-2025-30204).
  package static let compactJWS = 64 * 1024
  /// A key id: it is compared, and shown in messages.
  package static let keyID = 512
  /// Nesting of JSON: the parser recurses.
  package static let jsonDepth = 32
  /// Characters of one JSON number; the longest exact Double in decimal that anyone sends has some
  /// 25.
  package static let jsonNumber = 64
  /// Bytes of a secret that is looked for in an answer: the least there must be of it, lest ordinary words match, and
  /// how many of its first ones give it away if an issuer cuts it.
  package static let recognisedSecret = (least: 8, cut: 16)
  /// A private key in PEM with what may stand around it: RSA of 8192 bits has some 6 KB.
  package static let privateKey = 64 * 1024
  /// A nonce for DPoP proofs: it comes back in every proof, and headers are small.
  package static let dpopNonce = 1024
  /// A subject (OIDC Core 2: at most 255 ASCII characters).
  package static let subject = 255
  /// Characters of an issuer's `error_description` that are kept.
  package static let description = 500
  /// Other texts from a server inside a message.
  package static let shown = 200
  /// A redirect's target and a form-posted body at the loopback listener.
  package static let redirect = 16 * 1024
  /// A token's life beyond which the figure is nonsense: ten years.
  package static let tokenLife = 10 * 365 * 86_400
  /// Age of an ID token as it arrives (OIDC Core 3.1.3.7, rule 10): an issuer may hand out one that
  /// it made earlier today, but not last week's.
  package static let tokenAge = 86_400
  /// `Retry-After` beyond which it is not honoured in full: one day.
  package static let retryAfter = 86_400
  /// A device code's life if none is given, and at most: a person waits in front of it.
  package static let deviceCodeLife = 30 * 60
  /// Seconds between two polls: the default of RFC 8628 section 3.2, and the bounds for what a
  /// server may ask for.
  package static let devicePoll = (default: 5, least: 1, most: 60)
  /// What `slow_down` adds (RFC 8628 section 3.5), and where it and back-off stop growing.
  package static let deviceSlowDown = (step: 5, most: 120)
  /// Tolerated difference between the issuer's clock and ours.
  package static let skew = 300
}
