// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Applications, workloads and machines at AKS.
@Suite struct AKSRobotTests {
  private static let app = "aaaaaaaa-0000-0000-0000-000000000001"
  private static let secret = "app-secret-of-the-lab"
  private static let other = "77777777-7777-7777-7777-777777777777"

  /// The arguments without a person's client.
  private func words(_ method: String, _ more: String...) -> [String] {
    [
      "get-token", "aks", "--server-id", EntraOptions.aks, "--tenant-id", Desk.tenant, "--login",
      method,
    ] + more
  }

  private func withApp(
    allow: [String] = ["azure-other-hosts"],
    _ body: (Desk) async throws -> Void
  ) async throws {
    try await Desk.withEntra(
      { options in
        options.clients.append(LabClient(Self.app, secret: Self.secret))
      },
      allow: allow,
      body
    )
  }

  // MARK: secrets

  @Test func `a secret in a file or a variable, once while the token is good`() async throws {
    try await withApp { desk in
      let file = try desk.file("secret", "\(Self.secret)\n")
      let byFile = words("spn", "--client-id", Self.app, "--client-secret-file", file)
      let first = try await desk.lanyard(byFile, try desk.entra())
      #expect(first.status == 0, "\(first.errors)")
      #expect(try first.claims["sub"]?.string == Self.app)
      #expect(try first.claims["aud"]?.string == EntraOptions.aks)
      #expect(try await desk.lanyard(byFile, try desk.entra()).output == first.output)
      let variables = try desk.entra([
        "AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret,
      ])
      let byVariable = try await desk.lanyard(words("spn"), variables)
      #expect(try byVariable.token == first.token, "the same application, whatever names it")
      #expect(desk.lab.count(.clientGrant) == 1)
      let automatic = try await desk.lanyard(words("auto"), variables)
      #expect(automatic.status == 0, "\(automatic.errors)")
    }
  }

  @Test func `kubectl runs it`() async throws {
    try await withApp { desk in
      let variables = try desk.entra([
        "AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret,
      ])
      let pods = try await desk.pods(words("spn"), variables)
      #expect(pods.status == 0, "\(pods.errors)")
      #expect(pods.output.hasPrefix("NAME"))
    }
  }

  @Test func `a wrong secret is told by its number`() async throws {
    try await withApp { desk in
      let variables = try desk.entra(["AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": "wrong"])
      let result = try await desk.lanyard(words("spn"), variables)
      #expect(result.status == 7)
      #expect(result.output.isEmpty)
      #expect(result.errors.contains("AADSTS7000215"))
      #expect(!result.errors.contains("wrong\n"))
    }
  }

  @Test(arguments: ["--client-secret", "--password", "--client-certificate-password"])
  func `a secret as an argument is refused, and not repeated`(option: String) async throws {
    try await withApp { desk in
      let result = try await desk.lanyard(words("spn", option, "hunter2"), try desk.entra())
      #expect(result.status == 2)
      #expect(result.errors.contains("\(option)-file"))
      #expect(!result.errors.contains("hunter2"))
    }
  }

  @Test func `secrets go to no other host`() async throws {
    try await withApp(allow: []) { desk in
      let variables = try desk.entra([
        "AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret,
        "AZURE_AUTHORITY_HOST": "https://login.evil.example/",
      ])
      let result = try await desk.lanyard(words("spn"), variables)
      #expect(result.status == 7)
      #expect(result.errors.contains("azure-other-hosts"))
    }
  }

  // MARK: certificates

  @Test func `a certificate in PEM: a file, a variable, a secret of the configuration`()
    async throws
  {
    try await AKSCertificate.withDesk(Self.app) { desk, pem in
      let file = try desk.file("app.pem", pem)
      try desk.allowAzure(["azure-other-hosts"], "secrets: {app: {command: [cat, \"\(file)\"]}}\n")
      let variables = try desk.entra(["APP": pem])
      for (option, value) in [("", file), ("-env", "APP"), ("-from", "app")] {
        let result = try await desk.lanyard(
          words("spn", "--client-id", Self.app, "--client-certificate\(option)", value),
          variables
        )
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.claims["sub"]?.string == Self.app)
      }
    }
  }

  @Test func `a certificate whose key is encrypted, with its password`() async throws {
    try await AKSCertificate.withDesk(Self.app, password: "pw") { desk, pem in
      let file = try desk.file("app.pem", pem)
      let words = words("spn", "--client-id", Self.app, "--client-certificate", file)
      let result = try await desk.lanyard(
        words + ["--client-certificate-password-file", try desk.file("password", "pw")],
        try desk.entra()
      )
      #expect(result.status == 0, "\(result.errors)")
      for (variables, why) in [
        ([:], "openssl pkcs8"),
        (["AZURE_CLIENT_CERTIFICATE_PASSWORD": "another"], "its password is another"),
      ] as [([String: String], String)] {
        let refused = try await desk.lanyard(words, try desk.entra(variables))
        #expect(refused.status == 7)
        #expect(refused.errors.contains(why), "\(refused.errors)")
      }
    }
  }

  @Test func `a certificate in PFX, with its password, also in base64`() async throws {
    try await AKSCertificate.withDesk(Self.app) { desk, certificate in
      let pem = try desk.file("app.pem", certificate)
      let pfx = "\(desk.folder)/app.pfx"
      let made = try await ProcessRunner.run([
        "openssl", "pkcs12", "-export", "-in", pem, "-out", pfx, "-passout", "pass:pw",
      ])
      try #require(made.status == 0, "\(made.errors)")
      let text = try await ProcessRunner.run(["base64", pfx]).output
      let password = try desk.file("password", "pw")
      for (option, value) in [("", pfx), ("-env", "APP")] {
        let result = try await desk.lanyard(
          words("spn", "--client-id", Self.app, "--client-certificate\(option)", value) + [
            "--client-certificate-password-file", password,
          ],
          try desk.entra(["APP": text])
        )
        #expect(result.status == 0, "\(result.errors)")
      }
      let variables = try desk.entra(["AZURE_CLIENT_CERTIFICATE_PASSWORD": "another"])
      let wrong = try await desk.lanyard(
        words("spn", "--client-id", Self.app, "--client-certificate", pfx),
        variables
      )
      #expect(wrong.status == 7)
      #expect(wrong.errors.contains("its password is another"))
    }
  }

  // MARK: workloads

  @Test func `a projected token is read again when it has changed`() async throws {
    try await Desk.withEntra(
      { options in
        options.accessLifetime = 400
        options.clients.append(LabClient(Self.app, secret: Self.secret))
      },
      entra: {
        $0.federated[Self.app] = "system:serviceaccount:ns:sa"
        $0.tenants.append(Self.other)
      }
    ) { desk in
      let subject = "system:serviceaccount:ns:sa"
      let audience = "api://AzureADTokenExchange"
      let token = try desk.lab.assertion(subject: subject, audience: audience)
      let file = try desk.file("token", token + "\n")
      let variables = try desk.entra([
        "AZURE_CLIENT_ID": Self.app, "AZURE_FEDERATED_TOKEN_FILE": file,
      ])
      for method in ["workloadidentity", "workload-identity", "auto"] {
        let result = try await desk.lanyard(words(method), variables)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.claims["sub"]?.string == Self.app)
      }
      let other = try desk.lab.assertion(subject: "somebody else", audience: audience)
      let elsewhere = words("workload-identity").map { $0 == Desk.tenant ? Self.other : $0 }
      for words in [words("workload-identity"), elsewhere] {
        _ = try desk.file("token", other)
        let refused = try await desk.lanyard(words, variables)
        #expect(refused.status == 7)
        #expect(refused.errors.contains("AADSTS700213"), "\(refused.errors)")
        _ = try desk.file("token", try desk.lab.assertion(subject: subject, audience: audience))
        let again = try await desk.lanyard(words, variables)
        #expect(again.status == 0, "\(again.errors)")
      }
    }
  }

  @Test(arguments: [
    ("other-subject", "api://AzureADTokenExchange", "AADSTS700213"),
    ("subject", "other-audience", "AADSTS700212"),
  ])
  func `a token that the application does not trust`(
    subject: String,
    audience: String,
    number: String
  ) async throws {
    try await Desk.withEntra(
      { options in
        options.clients.append(LabClient(Self.app, secret: Self.secret))
      },
      entra: { $0.federated[Self.app] = "subject" }
    ) { desk in
      let token = try desk.lab.assertion(subject: subject, audience: audience)
      let file = try desk.file("token", token)
      let result = try await desk.lanyard(
        words("workload-identity", "--client-id", Self.app, "--federated-token-file", file),
        try desk.entra()
      )
      #expect(result.status == 7)
      #expect(result.errors.contains(number), "\(result.errors)")
      #expect(result.errors.contains("federated credential"))
    }
  }

  @Test(arguments: [
    ("github", "job of github"), ("azure-pipelines", "job of conn"), ("auto", "job of github"),
  ])
  func `jobs of GitHub Actions and Azure Pipelines`(method: String, subject: String) async throws {
    try await Desk.withEntra(
      { options in
        options.clients.append(LabClient(Self.app, secret: Self.secret))
      },
      entra: { $0.federated[Self.app] = subject }
    ) { desk in
      var variables = try desk.entra(["AZURE_CLIENT_ID": Self.app])
      if method == "azure-pipelines" {
        variables["SYSTEM_OIDCREQUESTURI"] = "\(desk.lab.issuer)/azure/pipelines"
        variables["SYSTEM_ACCESSTOKEN"] = "lab-machine-secret"
        variables["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"] = "conn"
      } else {
        variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "\(desk.lab.issuer)/azure/github?job=github"
        variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "lab-machine-secret"
      }
      let result = try await desk.lanyard(words(method), variables)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try result.claims["sub"]?.string == Self.app)
    }
  }

  // MARK: machines

  static let flavours = [
    ("imds", ["AZURE_POD_IDENTITY_AUTHORITY_HOST": "LAB/azure/imds"]),
    ("app-service", ["IDENTITY_ENDPOINT": "LAB/azure/app-service", "IDENTITY_HEADER": "S"]),
    ("ml", ["MSI_ENDPOINT": "LAB/azure/ml", "MSI_SECRET": "S"]),
    ("cloud-shell", ["MSI_ENDPOINT": "LAB/azure/cloud-shell"]),
    (
      "service-fabric",
      [
        "IDENTITY_ENDPOINT": "LAB/azure/service-fabric", "IDENTITY_HEADER": "S",
        "IDENTITY_SERVER_THUMBPRINT": "0123456789abcdef0123456789abcdef01234567",
      ]
    ),
  ]

  private func variables(_ desk: Desk, _ flavour: [String: String]) throws -> [String: String] {
    try desk.entra(
      flavour.mapValues {
        $0 == "S" ? "lab-machine-secret" : $0.replacing("LAB", with: desk.lab.issuer)
      }
    )
  }

  @Test(arguments: flavours)
  func `each service of machines`(name: String, flavour: [String: String]) async throws {
    try await Desk.withEntra { desk in
      let variables = try variables(desk, flavour)
      for method in ["msi", "auto"] {
        let result = try await desk.lanyard(words(method), variables)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.claims["sub"]?.string == "machine")
        #expect(try result.claims["aud"]?.string == EntraOptions.aks)
      }
      #expect(desk.lab.log().filter { $0.endpoint == name }.count == 1, "it is kept")
    }
  }

  @Test func `an identity by its client id, and one that the machine does not have`() async throws {
    try await Desk.withEntra { desk in
      let variables = try variables(desk, Self.flavours[0].1)
      let chosen = try await desk.lanyard(words("msi", "--client-id", "mine"), variables)
      #expect(try chosen.claims["sub"]?.string == "mine")
      let unknown = try await desk.lanyard(
        words("msi", "--identity-resource-id", "unknown"),
        variables
      )
      #expect(unknown.status == 7)
      #expect(unknown.errors.contains("Identity not found"))
    }
  }

  @Test func `Service Fabric's certificate is the one that is named, or nothing is sent`()
    async throws
  {
    try await Desk.withEntra({ $0.issuerTLS = true }) { desk in
      let address = desk.lab.issuer.replacing("https://", with: "")
      let shown = try await ProcessRunner.run([
        "/bin/sh", "-c",
        "openssl s_client -connect \(address) </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha1",
      ])
      let digits = shown.output.split(separator: "=").last.map { $0.filter(\.isHexDigit) } ?? ""
      try #require(digits.count == 40, "\(shown.output)")
      var variables = try variables(desk, Self.flavours[4].1)
      variables["IDENTITY_SERVER_THUMBPRINT"] = digits
      let result = try await desk.lanyard(words("msi"), variables)
      #expect(result.status == 0, "\(result.errors)")
      let before = desk.lab.log().count
      variables["IDENTITY_SERVER_THUMBPRINT"] = String(digits.reversed())
      let refused = try await desk.lanyard(words("msi"), variables)
      #expect(refused.status == 5, "\(refused.errors)")
      #expect(refused.errors.contains("not the one that was named"))
      #expect(desk.lab.log().count == before, "nothing was sent")
    }
  }

  // MARK: Azure Arc

  @Test func `a bound token, in an envelope that the API server opens`() async throws {
    let resource = "/subscriptions/s/connectedClusters/c"
    try await Desk.withEntra(
      { options in
        options.clients.append(LabClient(Self.app, secret: Self.secret))
      },
      entra: { $0.boundTo = resource }
    ) { desk in
      let variables = try desk.entra([
        "AZURE_CLIENT_ID": Self.app, "AZURE_CLIENT_SECRET": Self.secret,
      ])
      let words = [
        "get-token", "aks", "--server-id", EntraOptions.arc, "--tenant-id", Desk.tenant, "--login",
        "spn",
      ]
      let bound = words + ["--pop-enabled", "--pop-claims", "u=\(resource)"]
      let pods = try await desk.pods(bound, variables)
      #expect(pods.status == 0, "\(pods.errors)")
      #expect(pods.output.hasPrefix("NAME"))
      let plain = try await desk.pods(words, variables)
      #expect(plain.status != 0, "the cluster takes no plain token")
      let other = words + ["--pop-enabled", "--pop-claims", "u=/another"]
      #expect(try await desk.pods(other, variables).status != 0)
    }
  }
}
