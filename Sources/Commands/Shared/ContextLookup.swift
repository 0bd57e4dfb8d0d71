// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host
import Kubeconfig

/// Finds what the users of a kubeconfig run, and the context whose user runs a given thing.
package struct ContextLookup: Sendable {
  private let environment: [String: String]
  private let kubeconfig: String?

  /// Looks in `kubeconfig` if it is given, else where `KUBECONFIG` and `HOME` of the environment say.
  package init(environment: [String: String], kubeconfig: String?) {
    self.environment = environment
    self.kubeconfig = kubeconfig
  }

  /// What a context's user runs.
  package struct Found {
    /// The context's name.
    package let context: String
    /// What its user gets its token with.
    package let user: ContextUser
    /// The variables that client-go sets for it.
    package let environment: [(String, String)]
  }

  private func load() throws(KubeconfigError) -> Kubeconfig {
    try Kubeconfig.load(
      explicit: kubeconfig,
      environment: environment["KUBECONFIG"],
      home: environment["HOME"],
      read: { try Files.readBounded($0, limit: 16 << 20) }
    )
  }

  /// What the user of a context runs; the current context if none is named.
  ///
  /// Throws `Failure`.
  package func find(_ name: String?) throws -> Found {
    let config: Kubeconfig
    let context: Context
    let user: User
    do throws(KubeconfigError) {
      config = try load()
      context = try config.context(named: name)
      user = try config.user(of: context)
    } catch {
      throw Failure(error)
    }
    guard let exec = user.exec, exec.isLanyard else {
      throw Failure(
        exitCode: ExitCodes.configuration,
        "the user of context \"\(context.name)\" does not run lanyard",
        remedy: "name a context whose user does, or give --issuer-url and --client-id"
      )
    }
    guard let given = try self.user(of: exec) else {
      throw Failure(
        exitCode: ExitCodes.configuration,
        "the user of context \"\(context.name)\" runs lanyard with arguments that it does not know",
        remedy: "compare them with: lanyard get-token --help"
      )
    }
    return Found(
      context: context.name,
      user: try Self.complete(given, exec, config, context),
      environment: exec.env.map { ($0.name, $0.value) }
    )
  }

  /// With what the cluster tells the plugin, as client-go would pass it on.
  private static func complete(
    _ user: ContextUser,
    _ exec: ExecConfig,
    _ config: Kubeconfig,
    _ context: Context
  ) throws(Failure) -> ContextUser {
    guard exec.provideClusterInfo, exec.lanyardArguments.starts(with: ["get-token", "oidc"]),
      case .oidc(let options) = user
    else { return user }
    return .oidc(try ClusterSettings.completing(options, config.pluginSettings(of: context)))
  }

  /// Every context whose user runs lanyard, which can log in for it.
  ///
  /// Throws `Failure` if the kubeconfig cannot be read.
  package func all() throws -> [Found] {
    let config: Kubeconfig
    do {
      config = try load()
    } catch {
      throw Failure(error)
    }
    return config.contexts.compactMap { context in
      guard let user = try? config.user(of: context), let exec = user.exec, exec.isLanyard,
        let given = try? self.user(of: exec), given.isSignedInHere,
        let user = try? Self.complete(given, exec, config, context)
      else { return nil }
      return Found(
        context: context.name,
        user: user,
        environment: exec.env.map { ($0.name, $0.value) }
      )
    }
  }

  /// The context whose user runs lanyard with these options; the current one if several do.
  package func context(for options: OIDCOptions) -> String? {
    guard let config = try? load() else { return nil }
    let matching = ((try? all()) ?? []).filter { $0.user.oidc?.words == options.words }
    let current = matching.first { $0.context == config.currentContext }
    return (current ?? matching.first)?.context
  }

  /// The context whose user runs lanyard with these arguments; the current one if several do.
  package func context(running arguments: [String]) -> String? {
    guard let config = try? load() else { return nil }
    let matching = config.contexts.filter { context in
      guard let exec = (try? config.user(of: context))?.exec, exec.isLanyard else { return false }
      return exec.lanyardArguments.elementsEqual(arguments)
    }
    return (matching.first { $0.name == config.currentContext } ?? matching.first)?.name
  }

  /// What a user's arguments mean; nil for arguments that are not known.
  ///
  /// Throws why nobody can log in for them.
  private func user(of exec: ExecConfig) throws -> ContextUser? {
    if let entra = AKSContext(exec) { return .oidc(try entra.oidc(environment)) }
    return ContextUser(exec)
  }
}
