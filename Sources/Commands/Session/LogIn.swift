// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Credentials
import Host
import SessionStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `lanyard login [CONTEXT]`: log in now, and say who you are and until when.
struct LogIn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login",
    abstract: "Log in now; says who you are and until when.",
    usage: """
      lanyard login [<context>] [<options>]
      lanyard login --issuer-url <issuer-url> --client-id <client-id> [<options>]
      """,
    discussion: "Without CONTEXT it is the current context, or the issuer that the options name."
  )

  @Argument(
    help: "A context of the kubeconfig whose user runs lanyard.",
    completion: .custom(ContextLookup.names)
  )
  var context: String?

  @Flag(help: "Let another person's session be replaced.")
  var `switch` = false

  @OptionGroup var kubeconfig: KubeconfigOptions
  @OptionGroup var options: OIDCOptions
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await Failure.telling(verbose: global.verbose) { try await logIn() }
  }

  private func logIn() async throws {
    let target = try SessionTarget(context, kubeconfig, options)
    switch target.user {
    case .oidc(let options): try await logIn(target, options)
    case .eks(let eks):
      guard !`switch` else {
        throw Failure(
          exitCode: ExitCodes.usage,
          "--switch is for sessions of OpenID Connect",
          remedy: "leave it out: a sign-in at AWS replaces the one before it"
        )
      }
      try await EKSSession(eks, target, verbose: global.verbose).logIn(options.login)
    case .nobody(let why): throw why
    case .gke: throw ContextUser.signedInByGcloud(target.context, "gcloud auth login")
    }
  }

  private func logIn(_ target: SessionTarget, _ options: OIDCOptions) async throws {
    let composition = try await Composition(
      options,
      .current(overriding: target.environment),
      trust: .typed,
      verbose: global.verbose,
      byHand: true
    )
    let source = composition.source(interactive: nil, contextKnown: target.context)
    let outcome = try await source.login(switching: `switch`)
    if !options.namedSecrets.isEmpty {
      // Whoever typed login has seen which issuer it is; failing to note it only asks again.
      try? TrustedIssuers.current(storeFolder: composition.store.folder)
        .add(composition.request.issuer)
    }
    tell(outcome, options, folder: composition.store.folder)
    if let error = outcome.notKept {
      throw CredentialsError(
        error.code,
        "the session could not be kept: \(error.what)",
        remedy: error.remedy,
        cause: error
      )
    }
  }

  private func tell(_ outcome: LoginOutcome, _ options: OIDCOptions, folder: String) {
    let summary = outcome.session.summary
    let who = summary.name.map { "\($0) (\(summary.subject))" } ?? summary.subject
    StandardError.write(
      "logged in as \(Terminal.escape(who)) at \(Terminal.escape(summary.issuer))"
    )
    if outcome.notKept == nil, let expiry = outcome.session.token(options.token)?.times.expiry {
      StandardError.write(
        "  the access token is good until \(expiry.formatted(.iso8601))"
          + (summary.renewable
            ? ", and is renewed by itself" : "; the issuer gave no refresh token")
      )
    }
    if outcome.keyCreated {
      KeyNotice.lines(folder: folder).forEach { StandardError.write(Terminal.escape($0)) }
    }
  }
}
