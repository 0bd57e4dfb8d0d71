// SPDX-License-Identifier: Apache-2.0

/// A context: which cluster, as which user.
package struct Context: Equatable, Sendable {
  /// Its name.
  package let name: String
  /// The name of its cluster, possibly empty.
  package let cluster: String
  /// The name of its user, possibly empty.
  package let user: String
  /// The namespace it sets, possibly empty.
  package let namespace: String
  /// The file that defines it.
  package let originFile: String

  /// Makes a context.
  package init(
    name: String,
    cluster: String,
    user: String,
    namespace: String = "",
    originFile: String
  ) {
    self.name = name
    self.cluster = cluster
    self.user = user
    self.namespace = namespace
    self.originFile = originFile
  }
}

/// A cluster, as far as a credential plugin is concerned.
package struct Cluster: Equatable, Sendable {
  /// Its name.
  package let name: String
  /// What it tells credential plugins; nil if nothing.
  package let pluginSettings: PluginSettings?

  /// Makes a cluster.
  package init(name: String, pluginSettings: PluginSettings?) {
    self.name = name
    self.pluginSettings = pluginSettings
  }
}

/// A user: how to authenticate.
package struct User: Equatable, Sendable {
  /// Its name.
  package let name: String
  /// The file that defines it; relative paths in the entry count from that file's folder.
  package let originFile: String
  /// The credential plugin, if the user has one.
  package let exec: ExecConfig?

  /// Makes a user.
  package init(name: String, originFile: String, exec: ExecConfig?) {
    self.name = name
    self.originFile = originFile
    self.exec = exec
  }
}

/// A user's credential plugin, as the kubeconfig says.
package struct ExecConfig: Equatable, Sendable {
  /// When the plugin may use standard input.
  package enum InteractiveMode: Equatable, Sendable {
    /// Never.
    case never
    /// If there is a terminal.
    case ifAvailable
    /// Always; client-go fails without a terminal.
    case always
    /// A word that client-go refuses.
    case unknown(String)
  }

  /// One variable that is set for the plugin.
  package struct Variable: Equatable, Sendable {
    /// Its name.
    package let name: String
    /// Its value, which may be secret.
    package let value: String

    /// Makes a variable.
    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The version asked for, as written.
  package let apiVersion: String
  /// The command, as written.
  package let command: String
  /// The command as client-go runs it: with a `/` in it, relative to its file's folder; else looked up in PATH.
  package let resolvedCommand: String
  /// The arguments.
  package let args: [String]
  /// The variables, in order.
  package let env: [Variable]
  /// Missing is an error for v1 and `IfAvailable` for v1beta1 (client-go); nil if missing.
  package let interactiveMode: InteractiveMode?
  /// Whether the plugin is told about the cluster.
  package let provideClusterInfo: Bool

  /// Makes a plugin's configuration.
  package init(
    apiVersion: String,
    command: String,
    resolvedCommand: String,
    args: [String],
    env: [Variable] = [],
    interactiveMode: InteractiveMode? = nil,
    provideClusterInfo: Bool = false
  ) {
    self.apiVersion = apiVersion
    self.command = command
    self.resolvedCommand = resolvedCommand
    self.args = args
    self.env = env
    self.interactiveMode = interactiveMode
    self.provideClusterInfo = provideClusterInfo
  }

  /// Whether this plugin is lanyard: by itself, as kubectl's plugin file, or through `kubectl lanyard`.
  package var isLanyard: Bool {
    switch command.split(separator: "/", omittingEmptySubsequences: false).last {
    case "lanyard", "kubectl-lanyard": true
    case "kubectl": args.first == "lanyard"
    default: false
    }
  }
}
