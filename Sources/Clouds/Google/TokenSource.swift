// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A credential that was found, and the tokens to be had with it; they are kept by whose they are.
struct TokenSource: Sendable {
  let effects: CloudEffects
  let request: GoogleRequest
  let found: FoundCredential

  /// The credential's own token; throws what asking gave.
  func token() async throws(CloudError) -> CloudToken {
    switch found.content {
    case .token(let token): return CloudToken(token: token, expiry: nil, files: found.files)
    case .metadata:
      // The server keeps its tokens itself, and is as near as our own store.
      return cloudToken(try await own())
    case .credential(.serviceAccount(let key)) where key.isSelfSigned:
      return cloudToken(try await own())
    case .credential where found.isVolatile: return cloudToken(try await own())
    case .credential:
      if let kept = found.kept { return cloudToken(kept) }
      let make: @Sendable () async throws(CloudError) -> KeptSecret = {
        () async throws(CloudError) -> KeptSecret in
        try await own().kept
      }
      return cloudToken(try await kept(identity([]), make))
    }
  }

  /// A token of a service account that the credential acts as, through others if there are any; `endpoint` is another
  /// base URL of the service than Google's own.
  ///
  /// Throws what asking gave.
  func token(actingAs target: String, through delegates: [String], endpoint: String?)
    async throws(CloudError) -> CloudToken
  {
    let universe = found.universe ?? HostRule.publicUniverse
    let base = endpoint ?? "https://iamcredentials.\(universe)/"
    let path = "v1/projects/-/serviceAccounts/\(target):generateAccessToken"
    let impersonation = Impersonation(
      url: base.hasSuffix("/") ? base + path : "\(base)/\(path)",
      delegates: delegates.map(Impersonation.resource)
    )
    if found.isVolatile { return cloudToken(try await acting(impersonation)) }
    let make: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try await acting(impersonation).kept
    }
    let chain = delegates + [target]
    return cloudToken(try await kept(identity(chain, endpoint), make))
  }

  private func acting(_ impersonation: Impersonation) async throws(CloudError) -> AccessToken {
    let rule = HostRule(universe: found.universe, effects)
    // Looked at before a token is asked for that could not be sent there.
    _ = try rule.address(
      impersonation.url,
      for: .impersonation,
      named: "endpoint for impersonation",
      of: found.origin
    )
    let source = try await own(toActAs: true)
    var token = try await exchange(request.wantedScopes)
      .acting(impersonation, bearer: source.token, rule)
    token.mark = source.mark
    return token
  }

  /// What is kept, unless somebody signed in anew since: then it is another's.
  private func kept(
    _ identity: KeptIdentity,
    _ make: @escaping @Sendable () async throws(CloudError) -> KeptSecret
  ) async throws(CloudError) -> AccessToken {
    let terms = KeptTerms(enough: Lives.enough, spends: found.spends)
    let token = AccessToken(try await effects.kept(identity, terms, make))
    guard let mark = token.mark, let file = found.writableFile,
      let (credential, _) = try await SecondLook.credential(file, found.origin, effects),
      let (user, _) = credential.workforce,
      AccessToken.mark(of: user.refreshToken) != mark
    else { return token }
    effects.trace("\(found.origin.place) is another sign-in than the one that a token is kept of")
    let none = KeptTerms(enough: .greatestFiniteMagnitude, spends: true)
    let made = AccessToken(try await effects.kept(identity, none, make))
    // What serves on while nothing newer can be had is another's here.
    guard made.mark != mark else {
      throw CloudError(
        .temporary,
        "no token can be had now with the new sign-in in \(found.origin.place)",
        remedy: "try again in a moment; -v says why; if it stays: \(found.origin.signIn)"
      )
    }
    return made
  }

  /// The credential's own token, asked for now unless the vendor keeps one.
  private func own(toActAs: Bool = false) async throws(CloudError) -> AccessToken {
    let scopes =
      toActAs ? GoogleExchange.enough(toActAs: request.wantedScopes) : request.wantedScopes
    switch found.content {
    case .token(let token):
      let now = effects.now()
      return AccessToken(token: token, obtained: now, expiry: now)
    case .metadata(let base):
      return try await Metadata(effects: effects).token(base, scopes: scopes)
    case .credential(let credential):
      if let kept = found.kept { return kept }
      return try await exchange(scopes).token(credential)
    }
  }

  private func exchange(_ scopes: [String]) -> GoogleExchange {
    GoogleExchange(
      effects: effects,
      scopes: scopes,
      origin: found.origin,
      writableFile: found.writableFile
    )
  }

  /// Whose token it is: the credential, whom it acts as, the scopes and the universe, and never a context.
  ///
  /// Addresses that a variable can change belong to it, so that nobody can put another's token into its place.
  func identity(_ chain: [String], _ endpoint: String? = nil) -> KeptIdentity {
    let acting = chain.isEmpty ? "" : " as \(chain.joined(separator: ", "))"
    let parts =
      ["google", "source"] + found.identity + ["impersonation"] + chain + ["scopes"]
      + request.wantedScopes.sorted() + ["universe", found.universe ?? HostRule.publicUniverse]
      + ["addresses", found.tokenURI ?? "", endpoint ?? ""]
    return KeptIdentity(name: "Google \(found.origin.who)\(acting)", parts: parts)
  }

  private func cloudToken(_ token: AccessToken) -> CloudToken {
    let files = Array(found.files.prefix(4))
    guard found.isVolatile else {
      return CloudToken(token: token.token, expiry: token.expiry, files: files)
    }
    // A token of unknown life is kept as ready credential for minutes only, whatever client-go is told.
    let reported = token.expiry.addingTimeInterval(-Lives.margin)
    return CloudToken(token: token.token, expiry: nil, reported: reported, files: files)
  }
}
