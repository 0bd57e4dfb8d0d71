// SPDX-License-Identifier: Apache-2.0

/// Contexts, clusters and users, merged from the kubeconfig files as kubectl merges them.
package struct Kubeconfig: Sendable {
  /// The files that exist, in the order in which they count.
  package let files: [String]
  /// The current context; nil if no file sets one.
  package let currentContext: String?
  /// All contexts, in the order of their files.
  package let contexts: [Context]
  /// All clusters, in the order of their files.
  package let clusters: [Cluster]
  /// All users, in the order of their files.
  package let users: [User]

  /// Finds, reads and merges the kubeconfig files.
  ///
  /// With `explicit` (`--kubeconfig`) exactly that file, which must exist; else the `KUBECONFIG` list, `:`-separated,
  /// without repeated, empty and missing entries; else `~/.kube/config`, which may be missing. The first file to
  /// define a name wins the whole entry, and the first one with a current context wins that (client-go's loader).
  ///
  /// - Parameters:
  ///   - explicit: the value of `--kubeconfig`; empty counts as not given.
  ///   - environment: the value of `KUBECONFIG`; empty counts as unset.
  ///   - home: the home folder, if there is one.
  ///   - read: the contents of a file; nil if it does not exist. What it throws is `.fileUnreadable`, unless it is
  ///     a `KubeconfigError` itself.
  /// - Returns: the merged contexts and users; empty if there are no files.
  /// - Throws: `.fileMissing`, `.fileUnreadable`, `.tooLarge`, `.malformed` and `.duplicateName`, naming the file.
  package static func load(
    explicit: String?,
    environment: String?,
    home: String?,
    read: (String) throws -> [UInt8]?
  ) throws(KubeconfigError) -> Kubeconfig {
    let isExplicit = explicit?.isEmpty == false
    var loaded: [(path: String, file: KubeconfigFile)] = []
    for path in paths(explicit: explicit, environment: environment, home: home) {
      guard let bytes = try contents(path, read) else {
        if !isExplicit { continue }
        throw KubeconfigError(
          .fileMissing,
          what: "the kubeconfig \(quoted(path)) does not exist",
          remedy: "check the --kubeconfig option"
        )
      }
      loaded.append((path, try KubeconfigFile.decode(bytes, path: path)))
    }
    return Kubeconfig(
      files: loaded.map(\.path),
      currentContext: loaded.map(\.file.currentContext).first { !$0.isEmpty },
      contexts: firstOfEach(loaded.flatMap(\.file.contexts), \.name),
      clusters: firstOfEach(loaded.flatMap(\.file.clusters), \.name),
      users: firstOfEach(loaded.flatMap(\.file.users), \.name)
    )
  }

  /// The named context, or the current one.
  ///
  /// Throws `.noCurrentContext` or `.noSuchContext`, with the names that there are.
  package func context(named name: String?) throws(KubeconfigError) -> Context {
    guard !files.isEmpty else { throw Self.noKubeconfig(name) }
    guard let wanted = name ?? currentContext else {
      throw KubeconfigError(
        .noCurrentContext,
        what: "no context was named and the kubeconfig has no current one",
        remedy: "name one with --context; \(knownContexts)"
      )
    }
    if let found = contexts.first(where: { $0.name == wanted }) { return found }
    throw KubeconfigError(
      .noSuchContext,
      what: "the kubeconfig has no context \(quoted(wanted))",
      remedy: "name another one; \(knownContexts)"
    )
  }

  /// The user of a context; throws `.noSuchUser` if it names none, or one that no file defines.
  package func user(of context: Context) throws(KubeconfigError) -> User {
    if let found = users.first(where: { $0.name == context.user }), !context.user.isEmpty {
      return found
    }
    throw KubeconfigError(
      .noSuchUser,
      what: context.user.isEmpty
        ? "the context \(quoted(context.name)) names no user"
        : "the kubeconfig has no user \(quoted(context.user)), which the context \(quoted(context.name)) names",
      remedy: "correct the context in \(quoted(context.originFile))"
    )
  }

  /// What the cluster of a context tells credential plugins; nil if nothing.
  package func pluginSettings(of context: Context) -> PluginSettings? {
    clusters.first { $0.name == context.cluster }?.pluginSettings
  }

  private static func noKubeconfig(_ context: String?) -> KubeconfigError {
    KubeconfigError(
      context == nil ? .noCurrentContext : .noSuchContext,
      what: "there is no kubeconfig",
      remedy: "name one with --kubeconfig or KUBECONFIG, or give --issuer-url and --client-id"
    )
  }

  private var knownContexts: String {
    if contexts.isEmpty { return "there are no contexts" }
    let shown = contexts.prefix(20).map { quoted($0.name) }.joined(separator: ", ")
    return "there are: " + shown + (contexts.count > 20 ? ", and \(contexts.count - 20) more" : "")
  }

  /// The files that ``load(explicit:environment:home:read:)`` looks for, in their order.
  package static func paths(explicit: String?, environment: String?, home: String?) -> [String] {
    if let explicit, !explicit.isEmpty { return [explicit] }
    if let environment, !environment.isEmpty {
      return firstOfEach(environment.split(separator: ":").map { String($0) }, \.self)
    }
    guard let home, !home.isEmpty else { return [] }
    return [home + "/.kube/config"]
  }

  private static func contents(
    _ path: String,
    _ read: (String) throws -> [UInt8]?
  ) throws(KubeconfigError) -> [UInt8]? {
    do {
      return try read(path)
    } catch let error as KubeconfigError {
      throw error
    } catch {
      throw KubeconfigError(
        .fileUnreadable,
        what: "the kubeconfig \(quoted(path)) cannot be read",
        remedy: "check its owner and mode, or the KUBECONFIG variable",
        cause: "\(error)"
      )
    }
  }

  private static func firstOfEach<Item>(_ items: [Item], _ key: (Item) -> String) -> [Item] {
    var seen: Set<String> = []
    return items.filter { seen.insert(key($0)).inserted }
  }
}
