// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Credentials
import Host
import OAuth

/// `lanyard logout [CONTEXT | --all]`: revoke at the issuer, then forget.
struct LogOut: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout",
    abstract: "Revoke the session at the issuer and forget it here.",
    discussion:
      "The session is removed here even if the issuer is away; that is told, because the refresh token then still works there."
  )

  @Argument(help: "A context of the kubeconfig whose user runs lanyard.")
  var context: String?

  @Flag(help: "Every context of the kubeconfig whose user runs lanyard.")
  var all = false

  @Flag(
    help: "Also open the issuer's logout page in the browser, where other applications' logins end."
  )
  var browser = false

  @OptionGroup var kubeconfig: KubeconfigOptions
  @OptionGroup var options: OIDCOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if all, context != nil || kubeconfig.context != nil || !options.nameNoSession {
      throw ValidationError("--all means every context; name none and no session beside it")
    }
  }

  func run() async throws {
    try await Failure.telling(verbose: global.verbose) {
      if all { return try await forgetAll() }
      let target = try SessionTarget(context, kubeconfig, options)
      try await forget(target, withBrowser: browser)
    }
  }

  private func forgetAll() async throws {
    let lookup = ContextLookup(
      environment: ProcessSurroundings.current().environment,
      kubeconfig: kubeconfig.kubeconfig
    )
    var first: (any Error)?
    for found in try lookup.all() {
      do {
        try await forget(SessionTarget(found), withBrowser: browser && found.user.oidc != nil)
      } catch {
        // The first is thrown at the end, and told there; the others are told here.
        guard first != nil else {
          first = error
          continue
        }
        (error as? Failure ?? (error as? CredentialsError).map { Failure($0) })?.tell()
      }
    }
    if let first { throw first }
  }

  private func forget(_ target: SessionTarget, withBrowser: Bool) async throws {
    switch target.user {
    case .oidc(let options): try await forget(target, options)
    case .eks(let options):
      guard !withBrowser else {
        throw Failure(
          exitCode: ExitCodes.usage,
          "--browser is for sessions of OpenID Connect",
          remedy: "leave it out, and sign out of AWS in the browser yourself"
        )
      }
      try await EKSSession(options, target, verbose: global.verbose).logOut()
    case .gke: throw ContextUser.signedInByGcloud(target.context, "gcloud auth revoke")
    }
  }

  private func forget(_ target: SessionTarget, _ options: OIDCOptions) async throws {
    let composition = try await Composition(
      options,
      .current(overriding: target.environment),
      trust: .required,
      verbose: global.verbose,
      byHand: true
    )
    let source = composition.source(interactive: nil, contextKnown: target.context)
    let name = Terminal.escape(target.context ?? composition.request.issuer.text)
    let person = browser ? try source.personsName() : nil
    let outcome = try await source.forget()
    tell(outcome, name)
    if browser, outcome != .nothingToForget { await source.endSessionInBrowser(of: person) }
  }

  private func tell(_ outcome: ForgetOutcome, _ name: String) {
    switch outcome {
    case .nothingToForget: StandardError.write("\(name): nobody was logged in")
    case .revoked: StandardError.write("\(name): logged out; the refresh token is revoked")
    case .forgotten:
      StandardError.write("\(name): logged out here; the issuer offers no revocation")
    case .notRevoked(let why):
      StandardError.write(
        "\(name): logged out here, but not at the issuer: \(Terminal.escape(why))"
      )
      StandardError.write("  its refresh token may still work there until it expires")
    }
  }
}
