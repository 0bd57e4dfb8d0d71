// SPDX-License-Identifier: Apache-2.0

/// What one kubeconfig file says, as far as lanyard asks.
struct KubeconfigFile {
  /// Far above any real kubeconfig; embedded CA bundles make the largest ones about 1 MiB.
  static let maximumLength = 16 << 20

  let currentContext: String
  let contexts: [Context]
  let clusters: [Cluster]
  let users: [User]

  /// Decodes a file; an empty one is a kubeconfig that says nothing.
  static func decode(_ bytes: [UInt8], path: String) throws(KubeconfigError) -> KubeconfigFile {
    guard bytes.count <= maximumLength else {
      throw KubeconfigError(
        .tooLarge,
        what: "\(quoted(path)) is \(bytes.count) bytes long, too much for a kubeconfig",
        remedy: "check the KUBECONFIG variable and the --kubeconfig option"
      )
    }
    let root: YAMLNode?
    do throws(YAMLFault) {
      root = try YAMLComposer.compose(bytes)
    } catch {
      throw KubeconfigError(
        .malformed,
        what: "\(quoted(path)), line \(error.line + 1): this is not a kubeconfig",
        remedy: "correct that line; kubectl refuses this file too",
        cause: error.what
      )
    }
    guard let root else {
      return KubeconfigFile(currentContext: "", contexts: [], clusters: [], users: [])
    }
    return try KubeconfigDecoder(path: path, reader: YAMLReader(file: path)).file(root)
  }
}

/// Turns the tree of one file into entries.
private struct KubeconfigDecoder {
  let path: String
  let reader: YAMLReader

  func file(_ root: YAMLNode) throws(KubeconfigError) -> KubeconfigFile {
    for (name, expected) in [("apiVersion", "v1"), ("kind", "Config")] {
      let found = try reader.string(name, of: root)
      guard found.isEmpty || found == expected else {
        throw reader.fault(root, "\(name) is \(quoted(found)), where \(expected) is expected")
      }
    }
    let contexts = try named("contexts", in: root).map { entry throws(KubeconfigError) in
      try context(entry.name, entry.node)
    }
    let users = try named("users", in: root).map { entry throws(KubeconfigError) in
      try user(entry.name, entry.node)
    }
    let clusters = try named("clusters", in: root).map { entry throws(KubeconfigError) in
      Cluster(name: entry.name, pluginSettings: try pluginSettings(entry.node))
    }
    return KubeconfigFile(
      currentContext: try reader.string("current-context", of: root),
      contexts: contexts,
      clusters: clusters,
      users: users
    )
  }

  /// The entries of a list; like Kubernetes' conversion, it refuses one name twice in one file.
  private func named(
    _ list: String,
    in root: YAMLNode
  ) throws(KubeconfigError) -> [(name: String, node: YAMLNode)] {
    var seen: Set<String> = []
    var entries: [(name: String, node: YAMLNode)] = []
    for node in try reader.items(list, of: root) {
      let name = try reader.string("name", of: node)
      guard seen.insert(name).inserted else {
        throw reader.fault(
          node,
          "\(list) has two entries named \(quoted(name))",
          code: .duplicateName
        )
      }
      entries.append((name, node))
    }
    return entries
  }

  private func context(_ name: String, _ entry: YAMLNode) throws(KubeconfigError) -> Context {
    let body = try reader.member("context", of: entry)
    func field(_ field: String) throws(KubeconfigError) -> String {
      guard let body else { return "" }
      return try reader.string(field, of: body)
    }
    return Context(
      name: name,
      cluster: try field("cluster"),
      user: try field("user"),
      namespace: try field("namespace"),
      originFile: path
    )
  }

  private func pluginSettings(_ entry: YAMLNode) throws(KubeconfigError) -> PluginSettings? {
    guard let body = try reader.member("cluster", of: entry) else { return nil }
    for item in try reader.items("extensions", of: body)
    where try reader.string("name", of: item) == PluginSettings.extensionName {
      return try reader.member("extension", of: item).flatMap { PluginSettings(yaml: $0) }
    }
    return nil
  }

  private func user(_ name: String, _ entry: YAMLNode) throws(KubeconfigError) -> User {
    guard let body = try reader.member("user", of: entry),
      let exec = try reader.member("exec", of: body)
    else { return User(name: name, originFile: path, exec: nil) }
    return User(name: name, originFile: path, exec: try execConfig(exec))
  }

  private func execConfig(_ node: YAMLNode) throws(KubeconfigError) -> ExecConfig {
    let command = try reader.string("command", of: node)
    let args = try reader.items("args", of: node).map { item throws(KubeconfigError) in
      try reader.string(item, named: "an item of args")
    }
    let env = try reader.items("env", of: node).map { item throws(KubeconfigError) in
      ExecConfig.Variable(
        name: try reader.string("name", of: item),
        value: try reader.string("value", of: item)
      )
    }
    let mode: ExecConfig.InteractiveMode? =
      switch try reader.string("interactiveMode", of: node) {
      case "": nil
      case "Never": .never
      case "IfAvailable": .ifAvailable
      case "Always": .always
      case let other: .unknown(other)
      }
    return ExecConfig(
      apiVersion: try reader.string("apiVersion", of: node),
      command: command,
      resolvedCommand: Paths.resolve(command, besideFile: path),
      args: args,
      env: env,
      interactiveMode: mode,
      provideClusterInfo: try reader.bool("provideClusterInfo", of: node)
    )
  }
}
