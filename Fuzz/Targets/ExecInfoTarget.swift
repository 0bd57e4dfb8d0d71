// SPDX-License-Identifier: Apache-2.0

import Kubeconfig

/// The raw value of `KUBERNETES_EXEC_INFO`.
struct ExecInfoTarget {
  func run(_ input: [UInt8]) throws(Breach) -> Bool {
    let info: ExecInfo
    do throws(KubeconfigError) {
      info = try ExecInfo.parse(input)
    } catch {
      try Breach.unlessShown(error.what, as: "the event of \(error.code)")
      try Breach.unlessShown(error.remedy, as: "the remedy of \(error.code)")
      try Breach.unlessShown(error.cause, as: "the cause of \(error.code)")
      return false
    }
    if let config = info.cluster?.config {
      try Breach.unless(!config.isEmpty && config.count < input.count, "config is not a part")
      try Breach.unless(
        input.indices.contains { input[$0...].starts(with: config) },
        "config is not passed on byte for byte"
      )
      try checkSettings(config)
    }
    return true
  }

  private func checkSettings(_ config: [UInt8]) throws(Breach) {
    guard let settings = PluginSettings(json: config) else { return }
    let names = Set(settings.entries.map(\.name))
    try Breach.unless(names.count == settings.entries.count, "a setting is there twice")
  }
}
