// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Testing

/// The command line of `get-token aks`.
@Suite struct AKSOptionsTests {
  private func parse(_ words: [String]) throws -> AKSOptions {
    try GetTokenAKS.parse(words).options
  }

  /// Argument lists as `az aks get-credentials` and `kubelogin convert-kubeconfig` write them, behind `get-token`.
  static let kubelogin = [
    [
      "--environment", "AzurePublicCloud", "--server-id", "S", "--client-id", "C", "--tenant-id",
      "T", "--login", "devicecode",
    ],
    ["--login", "azurecli", "--server-id", "S"],
    ["-l", "msi", "--server-id", "S", "--client-id", "C", "--identity-resource-id", "/r"],
    [
      "-l", "spn", "-t", "T", "-e", "AzureChinaCloud", "--server-id", "S", "--client-id", "C",
      "--client-certificate", "/app.pfx", "--legacy", "--disable-environment-override",
    ],
    [
      "--login", "workloadidentity", "--server-id", "S", "--federated-token-file", "/t",
      "--authority-host", "https://login.microsoftonline.com/",
    ],
    [
      "--login", "interactive", "--server-id", "S", "--client-id", "C", "--tenant-id", "T",
      "--pop-enabled", "--pop-claims", "u=host", "--redirect-url", "http://localhost:8400",
      "--login-hint", "me@contoso.com", "--disable-instance-discovery", "--cache-dir", "/c",
    ],
    [
      "--login", "azurepipelines", "--azure-pipelines-service-connection-id", "id",
      "--server-id", "S",
    ],
    [
      "--login", "ropc", "--username", "me", "--server-id", "S", "--token-cache-dir", "/c",
      "--use-azurerm-env-vars", "--timeout", "1m30s",
    ],
    ["--login", "azd", "--server-id", "S", "-s", "sub"],
  ]

  @Test(arguments: kubelogin) func `argument lists of kubelogin are taken as they are`(
    words: [String]
  ) throws {
    let options = try parse(words)
    #expect(options.serverID == "S")
    #expect(options.login != nil)
  }

  @Test(
    arguments: [
      ([], false, false), (["--legacy"], true, false), (["--legacy=true"], true, false),
      (["--legacy=false"], false, false), (["--legacy", "--login", "msi"], true, false),
      (["--pop-enabled", "--pop-claims", "u=x"], false, true),
      (["--pop-enabled=true", "--pop-claims=u=x,k=v"], false, true),
      (["--pop-enabled=false"], false, false),
      (["--pop-enabled=false", "--pop-claims", "u=x"], false, false),
      (
        ["--legacy=1", "--disable-environment-override=t", "--use-azurerm-env-vars=False"], true,
        false
      ), (["--disable-instance-discovery=true", "--server-id", "S"], false, false),
    ] as [([String], Bool, Bool)]
  )
  func `switches as Go's programs have them`(
    words: [String],
    isLegacy: Bool,
    isBound: Bool
  ) throws {
    let options = try parse(words)
    #expect((options.kubelogin.legacy?.isOn == true) == isLegacy)
    #expect((options.bound.popEnabled?.isOn == true) == isBound)
  }

  @Test(
    arguments: [
      ([], nil), (["-v"], 1), (["--verbose"], 1), (["-v", "5"], 5), (["--v=5"], 5),
      (["--v", "0"], 0),
      (["-v", "--login", "msi"], 1), (["-v=3"], 3),
    ] as [([String], Int?)]
  )
  func `levels as Kubernetes' programs have them`(words: [String], level: Int?) throws {
    #expect(try GetTokenAKS.parse(words).verbosity.level?.level == level)
  }

  @Test(arguments: ["--client-secret", "--password", "--client-certificate-password"])
  func `secrets are not`(name: String) {
    #expect(throws: (any Error).self) { try parse([name, "x"]) }
  }

  @Test(arguments: [
    ["--login", "magic"], ["--pop-enabled"], ["--pop-claims", "u=x"],
    ["--client-secret-file", "/a", "--client-secret-env", "B"],
    ["--client-secret-file", "/a", "--client-certificate", "/b"],
    ["--client-certificate", "/a", "--client-certificate-env", "B"],
    ["--client-certificate-env", "A", "--client-certificate-from", "B"],
    ["--legacy=maybe"], ["--v=loud"], ["--pop-enabled=true"],
    ["--client-certificate-password-file", "/a", "--client-certificate-password-env", "B"],
    ["--timeout", "soon"], ["--timeout", "0s"], ["--timeout", "30"], ["--timeout", "-1s"],
    ["--timeout", "48h"],
  ])
  func `what cannot be`(words: [String]) {
    #expect(throws: (any Error).self) { try parse(words) }
  }

  @Test(arguments: ["90s", "1m30s", "0.5h", "1500ms"])
  func `times as Go writes them`(text: String) throws {
    #expect(try parse(["--timeout", text]).surroundings.timeout == text)
  }
}
