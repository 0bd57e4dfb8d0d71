// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth

/// Where a grant's secrets come from, as the options say; each is read anew whenever it is needed.
struct GrantSecrets: Sendable {
  let options: GrantOptions
  let reader: SecretReader
  let request: CredentialRequest
  let effects: Effects
  /// Whether a job's token may be sent to an address that is not its service's own.
  let trusts: @Sendable (_ origin: String) -> Bool

  var secrets: CredentialSource.Secrets {
    var secrets = CredentialSource.Secrets(assertion: assertion)
    if options.password.source != nil { secrets.password = password }
    return secrets
  }

  @Sendable
  private func password() async throws(CredentialsError) -> Secret {
    guard let source = options.password.source else {
      throw CredentialsError(.failed, "no password is named", remedy: "name one: --password-file")
    }
    return try await read(source)
  }

  private func read(_ source: SecretSource) async throws(CredentialsError) -> Secret {
    do throws(Failure) {
      return try await reader.line(source)
    } catch {
      let isForNow = error.exitCode == ExitCodes.temporary
      throw CredentialsError(
        isForNow ? .temporary : .configuration,
        error.what,
        remedy: error.remedy,
        cause: error.cause
      )
    }
  }

  @Sendable
  private func assertion() async throws(CredentialsError) -> Secret {
    if let source = options.assertionSource { return try await read(source) }
    switch options.assertionFrom {
    case .githubActions: return try await gitHubActionsToken()
    case nil: return try await CredentialSource.Secrets.noAssertion()
    }
  }

  private func gitHubActionsToken() async throws(CredentialsError) -> Secret {
    do {
      let job = try GitHubActionsToken(
        url: reader.environment[GitHubActionsToken.urlVariable],
        token: reader.environment[GitHubActionsToken.tokenVariable]
      )
      guard job.isGitHub || trusts(job.origin) else { throw untrusted(job.origin) }
      effects.trace("asking GitHub Actions for a token of this job")
      let usual = request.grant == .given ? request.client.id : request.issuer.text
      let call = job.call(audience: options.assertionAudience ?? usual)
      // The authorities count there, too; the certificate of the client is for its issuer alone.
      let trust = TransportTrust(authorities: request.authorities)
      return try job.token(in: try await effects.send(trust, call))
    } catch {
      throw CredentialsError(error, fetching: "a token of this job", from: "GitHub Actions")
    }
  }

  private func untrusted(_ origin: String) -> CredentialsError {
    CredentialsError(
      .configuration,
      "the token of this job would be sent to \(origin), which is not GitHub's and which you have not trusted",
      remedy: "if that is your GitHub Enterprise server: lanyard trust \(ShellWord.quote(origin))"
    )
  }
}
