// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// kubectl, with the entry that replaces the one of `gcloud container clusters get-credentials`.
@Suite(.enabled(if: ProcessRunner.find("kubectl") != nil, "there is no kubectl"))
struct GKEKubectlTests {
  /// The entry as gcloud 528 writes it, with another command and its arguments, and nothing else changed.
  private func kubeconfig(_ desk: GoogleDesk, _ arguments: [String]) throws -> String {
    let path = "\(desk.desk.folder)/kubeconfig"
    let words = "[" + arguments.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    let text = """
      apiVersion: v1
      clusters:
      - cluster:
          certificate-authority-data: \(Data(desk.desk.lab.caPEM.utf8).base64EncodedString())
          server: \(desk.desk.lab.apiServerURL)
        name: gke_p_z_c
      contexts:
      - context:
          cluster: gke_p_z_c
          user: gke_p_z_c
        name: gke_p_z_c
      current-context: gke_p_z_c
      kind: Config
      preferences: {}
      users:
      - name: gke_p_z_c
        user:
          exec:
            apiVersion: client.authentication.k8s.io/v1beta1
            args: \(words)
            command: \(try Programs.lanyard)
            env: null
            installHint: Install lanyard
            interactiveMode: IfAvailable
            provideClusterInfo: true

      """
    try PrivateFile.write(text, to: path)
    return path
  }

  private func whoAmI(_ desk: GoogleDesk, _ path: String) async throws -> String {
    let variables = desk.desk.environment.merging(try desk.surroundings()) { $1 }
    let result = try await ProcessRunner.run(
      [
        "kubectl", "--kubeconfig", path, "auth", "whoami", "-o",
        "jsonpath={.status.userInfo.username}",
      ],
      environment: variables
    )
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test func `gcloud's sign-in, without gcloud`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let path = try kubeconfig(desk, ["get-token", "gke"])
      #expect(try await whoAmI(desk, path) == "me@example.com")
      #expect(try await whoAmI(desk, path) == "me@example.com")
      #expect(desk.lines == ["POST /google/token"])
    }
  }

  @Test func `application default credentials, in the plugin's words`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let person = desk.google.authorizedUser("adc@example.com", base: desk.base)
      try PrivateFile.write(
        person.text,
        to: "\(desk.gcloud)/application_default_credentials.json"
      )
      let path = try kubeconfig(
        desk,
        ["get-token", "gke", "--use_application_default_credentials"]
      )
      #expect(try await whoAmI(desk, path) == "adc@example.com")
    }
  }

  @Test func `one identity serves two users of a kubeconfig`() async throws {
    try await GoogleDesk.with { desk in
      try await desk.signIn("me@example.com")
      let words = ["get-token", "gke"]
      #expect(try await whoAmI(desk, kubeconfig(desk, words)) == "me@example.com")
      let path = try kubeconfig(desk, words + ["--account", "me@example.com"])
      #expect(try await whoAmI(desk, path) == "me@example.com")
      #expect(desk.lines == ["POST /google/token"])
    }
  }
}
