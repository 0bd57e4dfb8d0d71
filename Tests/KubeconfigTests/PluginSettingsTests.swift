// SPDX-License-Identifier: Apache-2.0

import Kubeconfig
import Testing

@Suite struct PluginSettingsTests {
  private static func kubeconfig(_ extensions: String) throws -> Kubeconfig {
    let text = """
      apiVersion: v1
      kind: Config
      contexts:
      - {name: c, context: {cluster: k, user: u}}
      clusters:
      - name: k
        cluster:
          server: https://k.test
          extensions:
      \(extensions)
      """
    return try Kubeconfig.load(explicit: "f", environment: nil, home: nil) { _ in Array(text.utf8) }
  }

  private static func settings(_ extensions: String) throws -> PluginSettings? {
    let config = try kubeconfig(extensions)
    return config.pluginSettings(of: try config.context(named: "c"))
  }

  @Test func `a kubeconfig and the exec info say the same`() throws {
    let yaml = try Self.settings(
      """
          - name: other
            extension: {issuer-url: https://other.test}
          - name: client.authentication.k8s.io/exec
            extension:
              issuer-url: https://id.test
              client-id: "42"
              scope: [groups, "true"]
              insecure: true
              number: 7
              nested: {a: b}
      """
    )
    let json = PluginSettings(
      json: Array(
        """
        {"issuer-url":"https://id.test","client-id":"42","scope":["groups","true"],"insecure":true,
         "number":7,"nested":{"a":"b"}}
        """.utf8
      )
    )
    #expect(yaml == json)
    #expect(
      yaml?.entries == [
        .init(name: "issuer-url", value: .texts(["https://id.test"])),
        .init(name: "client-id", value: .texts(["42"])),
        .init(name: "scope", value: .texts(["groups", "true"])),
        .init(name: "insecure", value: .flag(true)), .init(name: "number", value: .unusable),
        .init(name: "nested", value: .unusable),
      ]
    )
  }

  @Test(arguments: [
    "    - {name: client.authentication.k8s.io/exec, extension: null}",
    "    - {name: client.authentication.k8s.io/exec, extension: [a]}",
    "    - {name: other, extension: {a: b}}",
  ])
  func `anything else is no settings`(extensions: String) throws {
    #expect(try Self.settings(extensions) == nil)
  }

  @Test(arguments: ["", "[]", "7", "{", "null"])
  func `JSON that is no object is no settings`(json: String) {
    #expect(PluginSettings(json: Array(json.utf8)) == nil)
  }
}
