// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Credentials
import SessionStore
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite final class ContextLookupTests {
  let path: String

  init() throws {
    var generator = SystemRandomNumberGenerator()
    path = "/tmp/lanyard-kubeconfig-" + String(generator.next(), radix: 36)
    let files = FileEffects.posix
    let descriptor = try files.create(path)
    let bytes = Array(Self.kubeconfig.utf8)
    #expect(try files.write(descriptor, bytes[...]) == bytes.count)
    try files.close(descriptor)
  }

  deinit { _ = unsafe unlink(path) }

  static func exec(_ command: String, _ arguments: [String]) -> String {
    """
      exec:
          apiVersion: client.authentication.k8s.io/v1
          command: \(command)
          interactiveMode: IfAvailable
          env: [{name: XDG_STATE_HOME, value: /state}]
          args: [\(arguments.map { "'\($0)'" }.joined(separator: ", "))]
    """
  }

  static let kubeconfig = """
    apiVersion: v1
    kind: Config
    current-context: second
    clusters:
    - {name: c, cluster: {server: "https://127.0.0.1:6443"}}
    contexts:
    - {name: first, context: {cluster: c, user: one}}
    - {name: second, context: {cluster: c, user: one}}
    - {name: work, context: {cluster: c, user: two}}
    - {name: other program, context: {cluster: c, user: kubelogin}}
    - {name: static, context: {cluster: c, user: static}}
    - {name: odd, context: {cluster: c, user: odd}}
    - {name: aks, context: {cluster: c, user: aks}}
    - {name: aks of a tenant, context: {cluster: c, user: tenant}}
    - {name: aks of a machine, context: {cluster: c, user: machine}}
    - {name: dangling, context: {cluster: c, user: nobody}}
    users:
    - name: one
      user:
      \(exec("lanyard", ["get-token", "oidc", "--issuer-url=https://id.test", "--client-id=kube"]))
    - name: two
      user:
      \(exec("/opt/bin/lanyard", [
        "get-token", "oidc", "--issuer-url", "https://id.test", "--client-id", "kube",
        "--account", "work",
      ]))
    - name: kubelogin
      user:
      \(exec("kubectl", ["oidc-login", "get-token"]))
    - name: static
      user: {token: abc}
    - name: odd
      user:
      \(exec("lanyard", ["get-token", "oidc", "--colour", "red"]))
    - name: aks
      user:
      \(exec("lanyard", ["get-token", "aks"]))
    - name: tenant
      user:
      \(exec("lanyard", [
        "get-token", "aks", "--tenant-id", "contoso.com", "--environment", "AzureChinaCloud",
        "--login", "interactive",
      ]))
    - name: machine
      user:
      \(exec("lanyard", ["get-token", "aks", "--tenant-id", "t", "--login", "msi"]))

    """

  private var lookup: ContextLookup { ContextLookup(environment: [:], kubeconfig: path) }

  @Test(
    arguments: [
      (nil, "second", nil), ("first", "first", nil), ("work", "work", "work"),
    ] as [(String?, String, String?)]
  )
  func found(_ name: String?, _ context: String, _ account: String?) throws {
    let found = try lookup.find(name)
    #expect(found.context == context)
    #expect(found.user.oidc?.issuerURL == "https://id.test")
    #expect(found.user.oidc?.clientID == "kube")
    #expect(found.user.oidc?.account == account)
    #expect(found.environment.map(\.0) == ["XDG_STATE_HOME"])
    #expect(found.environment.map(\.1) == ["/state"])
  }

  @Test func aksIsALoginAtTheTenantsIssuer() throws {
    let options = try #require(try lookup.find("aks of a tenant").user.oidc)
    #expect(options.issuerURL == "https://login.chinacloudapi.cn/contoso.com/v2.0")
    #expect(options.clientID == "80faf920-1908-4b52-b5ef-a8e7bedfc67a")
    #expect(options.scopes == ["6dae42f8-4368-4678-94ff-3960e28e3630/.default"])
    #expect(options.token == .access)
    #expect(options.login == .browser)
    #expect(options.authorization.redirectURI == "http://localhost")
    #expect(lookup.context(for: options) == "aks of a tenant")
  }

  @Test func nobodyLogsInForAMachine() throws {
    let failure = #expect(throws: Failure.self) { try lookup.find("aks of a machine") }
    #expect(failure?.what == "nobody logs in for --login msi")
  }

  @Test(arguments: ["other program", "static", "odd", "aks", "dangling", "missing", ""])
  func notFound(_ name: String) {
    let failure = #expect(throws: Failure.self) { try lookup.find(name) }
    #expect(failure?.exitCode == 7)
    #expect(failure?.remedy.isEmpty == false)
  }

  /// What cannot be understood is not passed over: somebody may be logged in for it.
  @Test func allAreThoseThatRunLanyard() throws {
    let all = try lookup.all()
    #expect(
      all.map(\.name) == [
        "first", "second", "work", "odd", "aks", "aks of a tenant", "aks of a machine",
      ]
    )
    let found = all.compactMap { try? $0.found.get() }
    #expect(
      found.filter(\.user.isSignedInHere).map(\.context) == [
        "first", "second", "work", "aks of a tenant",
      ]
    )
    #expect(found.map(\.context).contains("aks of a machine"))
    let odd = #expect(throws: Failure.self) {
      try all.first { $0.name == "odd" }?.found.get()
    }
    #expect(odd?.what.contains("unknown option '--colour'") == true, "\(odd?.what ?? "")")
  }

  @Test func aContextThatIsNotUnderstoodIsNamedWithTheReason() {
    let failure = #expect(throws: Failure.self) { try lookup.find("odd") }
    #expect(
      failure?.what.hasPrefix(
        "context \"odd\": its user runs lanyard with arguments that it does not know: "
      ) == true
    )
  }

  @Test(arguments: [
    ("/", "is not a regular file"), ("/dev/zero", "is not a regular file"),
  ])
  func whatIsNoFileIsNamed(path: String, why: String) {
    let failure = #expect(throws: Failure.self) {
      try ContextLookup(environment: ["KUBECONFIG": path], kubeconfig: nil).find(nil)
    }
    #expect(failure?.what.contains(why) == true, "\(failure?.what ?? "")")
    #expect(failure?.code == "kubeconfig.file-unreadable")
  }

  @Test func aHugeFileIsNamed() {
    #expect(unsafe truncate(path, 17 << 20) == 0)
    let failure = #expect(throws: Failure.self) { try lookup.find(nil) }
    #expect(failure?.what.contains("is larger than 16777216 bytes") == true)
    #expect(failure?.code == "kubeconfig.too-large")
  }

  @Test func theNullDeviceIsAnEmptyKubeconfig() {
    let failure = #expect(throws: Failure.self) {
      try ContextLookup(environment: ["KUBECONFIG": "/dev/null"], kubeconfig: nil).find(nil)
    }
    #expect(failure?.what == "no context was named and the kubeconfig has no current one")
  }

  @Test func contextOfOptions() throws {
    let one = try GetTokenOIDC.parse(["--client-id", "kube", "--issuer-url", "https://id.test"])
    #expect(lookup.context(for: one.options) == "second", "the current one of two")
    let two = try GetTokenOIDC.parse([
      "--issuer-url", "https://id.test", "--client-id", "kube", "--account", "work",
      "--login", "device",
    ])
    #expect(lookup.context(for: two.options) == "work")
    let none = try GetTokenOIDC.parse(["--issuer-url", "https://id.test", "--client-id", "x"])
    #expect(lookup.context(for: none.options) == nil)
  }

  @Test func missingKubeconfig() throws {
    let lookup = ContextLookup(environment: ["KUBECONFIG": "/nowhere/config"], kubeconfig: nil)
    let failure = #expect(throws: Failure.self) { try lookup.find(nil) }
    #expect(failure?.exitCode == 7)
    #expect(failure?.what == "there is no kubeconfig")
    #expect(lookup.context(for: try GetTokenOIDC.parse([]).options) == nil)
  }
}
