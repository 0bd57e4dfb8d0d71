// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Signs a person in at the AWS console, as `aws login` does, and writes the session where the AWS tools look for it.
///
/// Source: aws-cli version 2, `awscli/customizations/login`.
package struct LoginSignIn: Sendable {
  /// The two clients that the console knows.
  private enum Client {
    static let sameDevice = "arn:aws:signin:::devtools/same-device"
    static let crossDevice = "arn:aws:signin:::devtools/cross-device"
  }

  private let session: String
  private let profile: AWSProfile
  private let base: Issuer
  private let folder: String
  private let path: String
  private let effects: CloudEffects
  private let signIn: SignInEffects

  /// A sign-in for the session that a profile names with `login_session`.
  ///
  /// Throws ``CloudError/Code/configuration`` if it names none, or there is no region.
  package init(
    of profile: AWSProfile,
    in context: AWSContext,
    _ signIn: SignInEffects
  ) throws(CloudError) {
    let access = try LoginAccess(of: profile, in: context)
    session = access.session
    self.profile = profile
    base = try access.base()
    folder = try LoginAccess.folder(context.environment)
    path = access.path
    effects = context.effects
    self.signIn = signIn
  }

  /// Asks the person, and gives what was obtained when it is written.
  ///
  /// Throws ``CloudError/Code/refused``, also for another person than the profile names,
  /// ``CloudError/Code/loginNeeded``, ``CloudError/Code/temporary`` and ``CloudError/Code/failed``.
  package func signedIn() async throws(CloudError) -> SignedIn {
    try signIn.makeFolder(folder)
    switch signIn.way {
    case .browser: return try await onThisDevice()
    case .paste, .deviceOrURL: return try await onAnotherDevice()
    case .device:
      throw CloudError(
        .configuration,
        "the AWS console has no device codes",
        remedy: "say --login browser or --login paste"
      )
    }
  }

  private func request(_ clientID: String, _ redirectURI: String) -> AuthorizationCode {
    AuthorizationCode(
      endpoint: "\(base.text)/v1/authorize",
      clientID: clientID,
      redirectURI: redirectURI,
      challengeMethod: "SHA-256",
      scopes: ("scope", "openid"),
      random: effects.random
    )
  }

  private func onThisDevice() async throws(CloudError) -> SignedIn {
    let listener = try await signIn.listen(["127.0.0.1:0"])
    let request = request(
      Client.sameDevice,
      "http://127.0.0.1:\(listener.port)\(AuthorizationCode.path)"
    )
    let redeem: BrowserSignIn.Redeem = { (code: Secret) async throws(CloudError) -> SignedIn in
      try await self.redeem(code, request, Client.sameDevice)
    }
    return try await BrowserSignIn(
      request: request,
      pages: RedirectPages(issuerHost: base.host, clientID: "lanyard"),
      effects: effects,
      signIn: signIn,
      redeem: redeem
    ).signedIn(at: listener, opens: true)
  }

  /// The page at the end shows a code, which is typed here.
  private func onAnotherDevice() async throws(CloudError) -> SignedIn {
    let request = request(Client.crossDevice, "\(base.text)/v1/sessions/confirmation")
    effects.tell("open this address in a browser on any machine to sign in:")
    effects.tell("  \(request.url)")
    while let line = try await typed() {
      guard let code = LoginCode.code(of: line, state: request.state) else {
        effects.tell("that is not the code of this sign-in: copy all of it from the page")
        continue
      }
      return try await redeem(code, request, Client.crossDevice)
    }
    throw CloudError(
      .loginNeeded,
      "nobody is there to type the code that the page shows",
      remedy: "run it at a terminal, or say --login browser"
    )
  }

  private func typed() async throws(CloudError) -> String? {
    do {
      return try await signIn.ask("code that the page shows: ")
    } catch {
      throw CloudError(.loginNeeded, "the login was interrupted", remedy: "log in again")
    }
  }

  private func redeem(
    _ code: Secret,
    _ request: AuthorizationCode,
    _ clientID: String
  ) async throws(CloudError) -> SignedIn {
    let key = try newKey()
    let answer = try await Asking(effects: effects).send(
      try call(code, request, clientID, key),
      for: "the credentials of the sign-in",
      from: base
    )
    let grant: LoginGrant
    do throws(AWSRefusal) {
      grant = try LoginAnswer.grant(answer, now: effects.now())
    } catch {
      throw failure(error)
    }
    guard let person = LoginCode.subject(of: grant.idToken) else {
      throw CloudError(
        .refused,
        "\(base.host) does not say who signed in",
        remedy: "sign in with the AWS CLI: \(SignInCommand.console(profile.name).text)"
      )
    }
    guard person == session else {
      throw CloudError(
        .refused,
        "you signed in as \(person), but profile \"\(profile.name)\" is for \(session)",
        remedy:
          "sign in as that, or change the profile: \(SignInCommand.console(profile.name).text)"
      )
    }
    return try await keep(grant, clientID, key)
  }

  private func failure(_ refusal: AWSRefusal) -> CloudError {
    guard refusal.code == "INSUFFICIENT_PERMISSIONS" else {
      return refusal.error(from: base.host, remedy: "sign in again")
    }
    return CloudError(
      .refused,
      "you may not have credentials for programs: \(refusal.words)",
      remedy: "ask for the managed policy SignInLocalDevelopmentAccess"
    )
  }

  private func newKey() throws(CloudError) -> DPoPKey {
    // One draw in 2^32 is no key.
    for _ in 0..<4 {
      if let key = try? DPoPKey(random: effects.random(DPoPKey.size)) { return key }
    }
    throw CloudError(.failed, "no key can be made for the sign-in", remedy: "try again")
  }

  private func call(
    _ code: Secret,
    _ request: AuthorizationCode,
    _ clientID: String,
    _ key: DPoPKey
  ) throws(CloudError) -> HTTPCall {
    let members: [String: StrictJSON] = [
      "clientId": .string(clientID), "grantType": .string("authorization_code"),
      "code": .string(code.expose()), "codeVerifier": .string(request.verifier.expose()),
      "redirectUri": .string(request.redirectURI),
    ]
    do {
      let proof = try DPoPProof(now: effects.now(), random: effects.random(16))
      return try LoginCall.token(base, members, key: key, proof: proof)
    } catch {
      throw CloudError(.failed, error.what, remedy: error.remedy, cause: error)
    }
  }

  /// Writes the session while nobody renews it.
  private func keep(
    _ grant: LoginGrant,
    _ clientID: String,
    _ key: DPoPKey
  ) async throws(CloudError) -> SignedIn {
    let account = LoginCode.account(of: session) ?? ""
    guard let token = LoginToken(grant, clientID: clientID, key: key, account: account) else {
      throw CloudError(.failed, "the sign-in cannot be written", remedy: "sign in again")
    }
    let write: @Sendable () async throws(CloudError) -> KeptSecret = {
      () async throws(CloudError) -> KeptSecret in
      try effects.replaceFile(path, Array(token.document.expose().utf8))
      return KeptSecret(secret: token.document, obtained: effects.now(), expiry: token.expiry)
    }
    _ = try await effects.alone(LoginAccess.writer(session, path), nil, write)
    return SignedIn(
      place: "the AWS console (\(base.host))",
      person: session,
      expiry: token.expiry,
      isRenewable: true
    )
  }
}

/// What people and the console call a sign-in.
enum LoginCode {
  /// The authorization code in what the confirmation page shows: base64 of `state=…&code=…`.
  ///
  /// Nil if it is none, or of another sign-in.
  static func code(of text: String, state: Secret) -> Secret? {
    let shown = text.filter { !$0.isWhitespace }
    guard shown.utf8.count <= 8192, let bytes = Data(base64Encoded: shown),
      let pairs = FormEncoding.decode(Array(bytes)),
      pairs.filter({ $0.name == "state" }).map({ Secret($0.value) }) == [state]
    else { return nil }
    let codes = pairs.filter { $0.name == "code" }.map(\.value)
    guard codes.count == 1, let code = codes.first, (1...512).contains(code.utf8.count) else {
      return nil
    }
    return Secret(code)
  }

  /// Who signed in: `sub` of the ID token, which came straight from the service over TLS.
  static func subject(of idToken: Secret?) -> String? {
    guard let parts = idToken?.expose().split(separator: ".", omittingEmptySubsequences: false),
      parts.count == 3, let payload = Base64URL.decode(parts[1].utf8)
    else { return nil }
    return (try? StrictJSON(parsing: payload))?["sub"]?.string
  }

  /// The account in an ARN: `arn:aws:iam::111122223333:user/me`.
  static func account(of arn: String) -> String? {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count >= 6 && parts[0] == "arn" && !parts[4].isEmpty ? String(parts[4]) : nil
  }
}
