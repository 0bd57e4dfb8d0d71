// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import Azure

extension LoginMethod: Choice {
  /// Azure/kubelogin's names are taken as well.
  package init?(argument: String) { self.init(named: argument) }
}

/// The options of `get-token aks`; those of Azure/kubelogin's `get-token` have its names.
package struct AKSOptions: ParsableArguments {
  /// The server application.
  @Option(
    help: ArgumentHelp(
      "The application that tokens are for; that of AKS unless given.",
      valueName: "id"
    )
  )
  package var serverID: String?

  /// The tenant.
  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp("The tenant: its GUID or domain name.", valueName: "id")
  )
  package var tenantID: String?

  /// The client, application or managed identity.
  @Option(
    help: ArgumentHelp(
      "The client that a person logs in with, or the application or managed identity whose token it is.",
      valueName: "id"
    )
  )
  package var clientID: String?

  /// The cloud.
  @Option(
    name: [.customShort("e"), .long],
    help: ArgumentHelp(
      "The cloud: AzurePublicCloud, AzureUSGovernmentCloud, AzureChinaCloud or AzureStackCloud.",
      valueName: "cloud"
    )
  )
  package var environment: String?

  /// The Entra ID to ask.
  @Option(
    help: ArgumentHelp(
      "The Entra ID to ask, in place of the cloud's: https://login.microsoftonline.com/.",
      valueName: "url"
    )
  )
  package var authorityHost: String?

  /// How to come to a token.
  @Option(
    name: [.customShort("l"), .long],
    help: ArgumentHelp(
      """
      How to come to a token: auto takes a sign-in that is there, then what variables name, then a browser; \
      the others are browser, device, spn, workload-identity, msi, azurecli, azd, azure-pipelines, github, password.
      """,
      valueName: "method"
    )
  )
  package var login: LoginMethod?

  /// What an application proves itself with.
  @OptionGroup(title: "Applications and machines") package var application: AKSApplicationOptions

  /// How a person logs in.
  @OptionGroup(title: "Persons") package var person: AKSPersonOptions

  /// How tokens are bound to a key.
  @OptionGroup(title: "Azure Arc") package var bound: AKSBoundOptions

  /// Which variables count.
  @OptionGroup(title: "Variables and tools") package var surroundings: AKSSurroundingsOptions

  /// What only Azure/kubelogin needs.
  @OptionGroup(visibility: .hidden) package var kubelogin: KubeloginOptions

  /// Options with their defaults, as parsing needs them.
  package init() {}
}

/// What an application or a machine proves itself with; secrets come from files and variables.
package struct AKSApplicationOptions: ParsableArguments {
  /// Path of the file with the application's secret.
  @Option(
    help: ArgumentHelp("A file with the application's secret.", valueName: "file"),
    completion: .file()
  )
  package var clientSecretFile: String?

  /// Name of the variable with it.
  @Option(
    help: ArgumentHelp("An environment variable with the application's secret.", valueName: "name")
  )
  package var clientSecretEnv: String?

  /// Its name in the user's own configuration.
  @Option(
    help: ArgumentHelp(
      "The name of the application's secret in your own configuration, which may have a secrets manager print it.",
      valueName: "name"
    )
  )
  package var clientSecretFrom: String?

  /// Path of the file with the application's certificate.
  @Option(
    help: ArgumentHelp(
      "A file with the application's certificate and key, PEM or PFX.",
      valueName: "file"
    ),
    completion: .file()
  )
  package var clientCertificate: String?

  /// Name of the variable with what is in such a file.
  @Option(
    help: ArgumentHelp(
      "An environment variable with certificate and key: PEM, or a PFX file in base64.",
      valueName: "name"
    )
  )
  package var clientCertificateEnv: String?

  /// Its name in the user's own configuration.
  @Option(
    help: ArgumentHelp(
      "The name of certificate and key in your own configuration: PEM, or a PFX file in base64.",
      valueName: "name"
    )
  )
  package var clientCertificateFrom: String?

  /// Path of the file with that file's password.
  @Option(
    help: ArgumentHelp("A file with the password of --client-certificate.", valueName: "file"),
    completion: .file()
  )
  package var clientCertificatePasswordFile: String?

  /// Name of the variable with it.
  @Option(
    help: ArgumentHelp(
      "An environment variable with the password of --client-certificate.",
      valueName: "name"
    )
  )
  package var clientCertificatePasswordEnv: String?

  /// Its name in the user's own configuration.
  @Option(
    help: ArgumentHelp(
      "The name of the password of --client-certificate in your own configuration.",
      valueName: "name"
    )
  )
  package var clientCertificatePasswordFrom: String?

  /// Path of the projected token.
  @Option(
    help: ArgumentHelp(
      "A file with a token that the application trusts; read anew each time.",
      valueName: "file"
    ),
    completion: .file()
  )
  package var federatedTokenFile: String?

  /// The managed identity's resource id.
  @Option(help: ArgumentHelp("The managed identity, by its resource id.", valueName: "id"))
  package var identityResourceID: String?

  /// The service connection of Azure Pipelines.
  @Option(
    name: .customLong("azure-pipelines-service-connection-id"),
    help: ArgumentHelp("The service connection of Azure Pipelines.", valueName: "id")
  )
  package var pipelinesConnection: String?

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// Throws a usage error for options that contradict each other.
  package func validate() throws {
    try SecretSource.checkOne([
      (clientSecretFile, "--client-secret-file"), (clientSecretEnv, "--client-secret-env"),
      (clientSecretFrom, "--client-secret-from"), (clientCertificate, "--client-certificate"),
      (clientCertificateEnv, "--client-certificate-env"),
      (clientCertificateFrom, "--client-certificate-from"),
    ])
    try SecretSource.checkOne([
      (clientCertificatePasswordFile, "--client-certificate-password-file"),
      (clientCertificatePasswordEnv, "--client-certificate-password-env"),
      (clientCertificatePasswordFrom, "--client-certificate-password-from"),
    ])
  }

  /// Where the application's secret comes from, if options name it.
  var secretSource: SecretSource? {
    SecretSource(
      file: (clientSecretFile, "--client-secret-file"),
      variable: (clientSecretEnv, "--client-secret-env"),
      configured: (clientSecretFrom, "--client-secret-from")
    )
  }

  /// Where the certificate comes from, if options name another place than a file, which is read where it is used.
  var certificateSource: SecretSource? {
    SecretSource(
      file: (nil, ""),
      variable: (clientCertificateEnv, "--client-certificate-env"),
      configured: (clientCertificateFrom, "--client-certificate-from")
    )
  }

  /// Where the certificate's password comes from, if options name it.
  var certificatePasswordSource: SecretSource? {
    SecretSource(
      file: (clientCertificatePasswordFile, "--client-certificate-password-file"),
      variable: (clientCertificatePasswordEnv, "--client-certificate-password-env"),
      configured: (clientCertificatePasswordFrom, "--client-certificate-password-from")
    )
  }
}

/// How a person logs in.
package struct AKSPersonOptions: ParsableArguments {
  /// The person of a password login.
  @OptionGroup package var password: PasswordOptions

  /// Where the browser comes back to.
  @Option(
    name: .customLong("redirect-url"),
    help: ArgumentHelp(
      "Where the browser comes back to, on this machine; any port of http://localhost unless given.",
      valueName: "url"
    )
  )
  package var redirectURL: String?

  /// The account to offer.
  @Option(help: ArgumentHelp("The account that the login page offers.", valueName: "name"))
  package var loginHint: String?

  /// Options with their defaults, as parsing needs them.
  package init() {}
}

/// How tokens are bound to a key.
package struct AKSBoundOptions: ParsableArguments {
  /// Whether tokens are bound.
  @Option(
    defaultAsFlag: GoFlag.on,
    parsing: .next,
    help: "Bind the token to a key of this machine (proof of possession), as Azure Arc takes it."
  )
  package var popEnabled: GoFlag? = nil

  /// What the proof is for.
  @Option(
    help: ArgumentHelp(
      "What the proof is for: u=RESOURCE with the cluster's resource id; other pairs change nothing.",
      valueName: "claims"
    )
  )
  package var popClaims: String?

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// The claims, if tokens are to be bound.
  var claims: String? { popEnabled?.isOn == true ? popClaims : nil }

  /// Throws a usage error for one without the other.
  package func validate() throws {
    // Azure/kubelogin takes claims beside --pop-enabled=false.
    try popEnabled?.check("--pop-enabled")
    guard popEnabled?.isOn != true || popClaims != nil, popEnabled != nil || popClaims == nil else {
      throw ValidationError("--pop-enabled and --pop-claims u=RESOURCE go together")
    }
  }
}

/// Which variables count, and how other tools are run.
package struct AKSSurroundingsOptions: ParsableArguments {
  /// The subscription of the Azure CLI.
  @Option(
    name: [.customShort("s"), .long],
    help: ArgumentHelp("The subscription of the Azure CLI whose account is meant.", valueName: "id")
  )
  package var subscription: String?

  /// How long `az` and `azd` may take.
  @Option(
    help: ArgumentHelp(
      "How long az and azd may take, such as 90s; 60s unless given, or AZURE_CLI_TIMEOUT.",
      valueName: "time"
    )
  )
  package var timeout: String?

  /// Whether Terraform's variables count.
  @Option(
    name: .customLong("use-azurerm-env-vars"),
    defaultAsFlag: GoFlag.on,
    parsing: .next,
    help: "Read ARM_CLIENT_ID and its like in place of AZURE_CLIENT_ID and its like."
  )
  package var usesTerraformVariables: GoFlag? = nil

  /// Whether variables count at all.
  @Option(
    name: .customLong("disable-environment-override"),
    defaultAsFlag: GoFlag.on,
    parsing: .next,
    help: "Let no variable stand in for an option."
  )
  package var ignoresVariables: GoFlag? = nil

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// Throws a usage error for a time that is none, and for a switch that is neither on nor off.
  package func validate() throws {
    try usesTerraformVariables?.check("--use-azurerm-env-vars")
    try ignoresVariables?.check("--disable-environment-override")
    if let timeout, GoDuration.seconds(timeout) == nil {
      throw ValidationError("--timeout takes a time such as 90s or 1m30s")
    }
  }
}

/// Options of Azure/kubelogin that change nothing here, taken so that its argument lists work as they are, and those
/// that would put a secret into the list of processes, which are refused.
package struct KubeloginOptions: ParsableArguments {
  /// Tokens as version 1 had them.
  @Option(
    defaultAsFlag: GoFlag.on,
    parsing: .next,
    help: "Ask for tokens as version 1 had them, for spn:ID."
  )
  package var legacy: GoFlag? = nil

  /// There is no instance discovery here: hosts are known, or allowed by the user's own configuration.
  @Option(
    defaultAsFlag: GoFlag.on,
    parsing: .next,
    help: "Taken for Azure/kubelogin's sake: there is no instance discovery."
  )
  package var disableInstanceDiscovery: GoFlag? = nil

  /// Sessions lie in the session store.
  @Option(help: "Taken for Azure/kubelogin's sake: sessions lie in the session store.")
  package var cacheDir: String?

  /// The older name of the same.
  @Option(help: "Taken for Azure/kubelogin's sake: sessions lie in the session store.")
  package var tokenCacheDir: String?

  /// A secret as an argument.
  @Option(help: "Refused: other users can read arguments.")
  package var clientSecret: String?

  /// A password as an argument.
  @Option(help: "Refused: other users can read arguments.")
  package var clientCertificatePassword: String?

  /// A password as an argument.
  @Option(help: "Refused: other users can read arguments.")
  package var password: String?

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// Throws a usage error for a secret among the arguments, without it.
  package func validate() throws {
    try legacy?.check("--legacy")
    try disableInstanceDiscovery?.check("--disable-instance-discovery")
    let given = [
      ("--client-secret", clientSecret), ("--password", password),
      ("--client-certificate-password", clientCertificatePassword),
    ]
    for (name, value) in given where value != nil {
      throw ValidationError(
        "\(name) would show the secret to other users; give it as \(name)-file or \(name)-env"
      )
    }
  }
}
