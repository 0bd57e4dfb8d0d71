// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What lies in a file of a sign-in: a token, and what renews it.
protocol SignInToken: Sendable {
  /// Reads the members of a file; nil if what is needed is not there.
  init?(_ members: [String: StrictJSON])
  /// When it ends by this machine's clock.
  var expiry: Date { get }
  /// The whole file, with what is not known here.
  var document: Secret { get }
}

extension SignInToken {
  /// Seconds until its end; negative after it.
  func left(at now: Date) -> Double { expiry.timeIntervalSince(now) }
}

/// A sign-in's file in a cache of the AWS tools, which write it without our lock: how it is renewed without spending a
/// refresh token twice.
struct RenewedFile<Token: SignInToken>: Sendable {
  let file: CacheDocument
  /// What one process at a time may do.
  let writer: KeptIdentity
  /// What a process that outlives this one is to renew.
  let renewal: SignInRenewal
  /// Seconds before its end from which on a token is renewed.
  let window: Double
  /// Reads the file; throws ``CloudError/Code/loginNeeded`` if no whole token lies there.
  let read: @Sendable () async throws(CloudError) -> Token
  /// Says that a person has to sign in.
  let needed: @Sendable (_ what: String) -> CloudError

  private var effects: CloudEffects { file.effects }

  /// The token that `renew` gives for the one in the file, or what another process renewed meanwhile.
  ///
  /// While the old one is good, a renewal that fails or takes long is none of the caller's business.
  func renewed(
    _ token: Token,
    by renew: @escaping @Sendable (Token) async throws(CloudError) -> Token
  ) async throws(CloudError) -> Token {
    let body: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try await renewAlone(renew)
    }
    do throws(CloudError) {
      let outliving = Outliving(renewal, hasGood: token.left(at: effects.now()) > 0)
      return try parsed(try await effects.alone(writer, outliving, body))
    } catch {
      guard token.left(at: effects.now()) > 0 else { throw error }
      effects.trace("the sign-in was not renewed: \(error.what)")
      return token
    }
  }

  private func renewAlone(
    _ renew: @Sendable (Token) async throws(CloudError) -> Token
  ) async throws(CloudError) -> KeptSecret {
    let old = try await read()
    if old.left(at: effects.now()) >= window { return kept(old) }
    do throws(CloudError) {
      // A refresh token is not spent before the place of its successor has proved to be writable. The file stays as it
      // is: every ready credential made from it would be stale, and another tool may be writing it.
      try effects.proveReplaceable(file.path)
      return kept(keep(try await renew(old)))
    } catch {
      // The AWS tools may have renewed without our lock. The old one is no success: who asks has it, and others are to
      // hear of the outage.
      let found = (try? await read()) ?? old
      guard found.left(at: effects.now()) > max(old.left(at: effects.now()), 0) else { throw error }
      return kept(found)
    }
  }

  private func keep(_ token: Token) -> Token {
    do throws(CloudError) {
      try effects.replaceFile(file.path, Array(token.document.expose().utf8))
    } catch {
      // The token is good for now; without its file the next renewal will ask for a sign-in.
      effects.tell("the renewed sign-in could not be written to \(file.path): \(error.what)")
    }
    return token
  }

  private func kept(_ token: Token) -> KeptSecret {
    KeptSecret(secret: token.document, obtained: effects.now(), expiry: token.expiry)
  }

  private func parsed(_ kept: KeptSecret) throws(CloudError) -> Token {
    guard let members = (try? StrictJSON(parsing: kept.secret.expose().utf8))?.members,
      let token = Token(members)
    else { throw needed("the renewed sign-in cannot be read") }
    return token
  }
}
