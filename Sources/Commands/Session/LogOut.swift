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
    usage: """
      lanyard logout [<context>] [<options>]
      lanyard logout --all [<options>]
      lanyard logout --issuer-url <issuer-url> --client-id <client-id> [<options>]
      """,
    discussion:
      "The session is removed here even if the issuer is away; that is told, because the refresh token then still works there."
  )

  @Argument(
    help: "A context of the kubeconfig whose user runs lanyard.",
    completion: .custom(ContextLookup.names)
  )
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
    if options.wantedLogin != nil || !options.listenAddresses.isEmpty {
      let option = options.wantedLogin == nil ? "--listen-address" : "--login"
      throw ValidationError("\(option) says how to log in, and a logout asks nobody")
    }
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
    let contexts = try lookup.all()
    guard !contexts.isEmpty else { throw lookup.nobodyRunsLanyard }
    var failures: [Failure] = []
    for context in contexts {
      do {
        try await forget(context)
      } catch {
        failures.append(Failure(any: error).naming(context.name).shown(verbose: global.verbose))
      }
    }
    // The first one is thrown, and told by whoever gets it.
    for failure in failures.dropFirst() { failure.tell() }
    if let first = failures.first { throw first }
  }

  private func forget(_ context: ContextLookup.Candidate) async throws {
    let found = try context.found.get()
    guard found.user.isSignedInHere else {
      return StandardError.write("\(Terminal.escape(context.name)): nobody logs in for it here")
    }
    try await forget(SessionTarget(found), withBrowser: browser && found.user.oidc != nil)
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
    case .nobody(let why): throw why
    case .gke: throw ContextUser.signedInByGcloud(target.context, "gcloud auth revoke")
    }
  }

  private func forget(_ target: SessionTarget, _ options: OIDCOptions) async throws {
    let composition: Composition
    var problem: Failure?
    do {
      composition = try await self.composition(target, options)
    } catch let failure as Failure where failure.exitCode == ExitCodes.configuration {
      // A file of the login may be gone for good, and its session has to be one that can be ended all the same.
      composition = try await self.composition(target, options.withoutMaterial)
      problem = failure
    }
    let source = composition.source(interactive: nil, contextKnown: target.context)
    let name = Terminal.escape(target.context ?? composition.request.issuer.text)
    let person = browser ? try source.personsName() : nil
    let outcome = try await source.forget(unable: problem?.what)
    if let problem, outcome == .nothingToForget { throw problem }
    tell(outcome, name)
    if browser, problem == nil, outcome != .nothingToForget {
      await source.endSessionInBrowser(of: person)
    }
  }

  private func composition(
    _ target: SessionTarget,
    _ options: OIDCOptions
  ) async throws -> Composition {
    try await Composition(
      options,
      .current(overriding: target.environment),
      trust: .required,
      verbose: global.verbose,
      byHand: true
    )
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
