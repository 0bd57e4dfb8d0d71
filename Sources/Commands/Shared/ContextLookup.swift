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

  /// A context whose user runs lanyard.
  package struct Candidate {
    /// The context's name.
    package let name: String
    /// What its user runs; why that cannot be understood.
    package let found: Result<Found, Failure>
  }

  private func load() throws(KubeconfigError) -> Kubeconfig {
    try Kubeconfig.load(
      explicit: kubeconfig,
      environment: environment["KUBECONFIG"],
      home: environment["HOME"],
      read: { path in try Self.content(of: path) }
    )
  }

  /// The bytes of a kubeconfig; nil if there is none.
  private static func content(of path: String) throws(KubeconfigError) -> [UInt8]? {
    // A device, which no other kubeconfig may be; kubectl's users name it to have none.
    if path == "/dev/null" { return [] }
    do throws(HostError) {
      return try Files.readBounded(path, limit: 16 << 20)
    } catch {
      throw KubeconfigError(
        error.code == .tooLarge ? .tooLarge : .fileUnreadable,
        what: "the kubeconfig cannot be read: \(error.message)",
        remedy: error.remedy ?? "check its owner and mode, or the KUBECONFIG variable"
      )
    }
  }

  /// What the user of a context runs; the current context if none is named.
  ///
  /// Throws a failure for a context that is not there, or for which nobody logs in here.
  package func find(_ name: String?) throws(Failure) -> Found {
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
    let found: Found
    do throws(Failure) {
      found = try self.found(context, exec, config)
    } catch {
      throw error.naming(context.name)
    }
    if case .nobody(let why) = found.user { throw why }
    return found
  }

  /// What lanyard is to do for a context; throws why its user's arguments cannot be understood or used.
  private func found(
    _ context: Context,
    _ exec: ExecConfig,
    _ config: Kubeconfig
  ) throws(Failure) -> Found {
    let entra: AKSContext?
    let other: ContextUser?
    do throws(Failure) {
      entra = try AKSContext(exec)
      other = try ContextUser(exec)
    } catch {
      throw Self.notKnown(": \(error.what)")
    }
    guard let given = try entra?.user(environment) ?? other else { throw Self.notKnown("") }
    return Found(
      context: context.name,
      user: try Self.complete(given, exec, config, context),
      environment: exec.env.map { ($0.name, $0.value) }
    )
  }

  private static func notKnown(_ why: String) -> Failure {
    Failure(
      exitCode: ExitCodes.configuration,
      "its user runs lanyard with arguments that it does not know\(why)",
      remedy: "compare them with: lanyard get-token --help"
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
    return .oidc(
      try ClusterSettings.completing(
        options,
        typed: exec.lanyardArguments.dropFirst(2),
        config.pluginSettings(of: context)
      )
    )
  }

  /// Every context whose user runs lanyard, in the order of the files.
  ///
  /// Throws a failure if the kubeconfig cannot be read.
  package func all() throws(Failure) -> [Candidate] {
    let config: Kubeconfig
    do throws(KubeconfigError) {
      config = try load()
    } catch {
      throw Failure(error)
    }
    var candidates: [Candidate] = []
    for context in config.contexts {
      guard let exec = (try? config.user(of: context))?.exec, exec.isLanyard else { continue }
      let found: Result<Found, Failure>
      do throws(Failure) {
        found = .success(try self.found(context, exec, config))
      } catch {
        found = .failure(error)
      }
      candidates.append(Candidate(name: context.name, found: found))
    }
    return candidates
  }

  /// What there is to say where ``all()`` finds no context.
  var nobodyRunsLanyard: Failure {
    let places = Kubeconfig.paths(
      explicit: kubeconfig,
      environment: environment["KUBECONFIG"],
      home: environment["HOME"]
    )
    let sought = places.isEmpty ? "" : "looked in \(places.joined(separator: ", ")); "
    return Failure(
      exitCode: ExitCodes.configuration,
      "no context of the kubeconfig runs lanyard",
      remedy: "\(sought)name another kubeconfig with --kubeconfig or KUBECONFIG"
    )
  }

  /// The context whose user runs lanyard with these options; the current one if several do.
  package func context(for options: OIDCOptions) -> String? {
    guard let config = try? load() else { return nil }
    let matching = ((try? all()) ?? []).compactMap { try? $0.found.get() }
      .filter { $0.user.oidc?.words == options.words }
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
}

extension ContextLookup {
  /// What a shell may complete a context to: those whose user runs lanyard, in the kubeconfig that the words name.
  ///
  /// None if it cannot be read.
  @Sendable
  static func names(completing words: [String], _ index: Int, _ prefix: String) -> [String] {
    let option = "--kubeconfig"
    let joined = words.last { $0.hasPrefix("\(option)=") }
    let apart = words.lastIndex(of: option).flatMap { words[($0 + 1)...].first }
    let lookup = ContextLookup(
      environment: ProcessSurroundings.current().environment,
      kubeconfig: apart ?? joined.map { String($0.dropFirst(option.count + 1)) }
    )
    return ((try? lookup.all()) ?? []).map(\.name)
  }
}
