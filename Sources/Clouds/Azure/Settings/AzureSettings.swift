// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import OAuth

/// Options and variables put together: whose token is wanted, for what, and from whom.
package struct AzureSettings: Sendable {
  /// What the command line says.
  package private(set) var options: AzureOptions
  /// What variables say.
  package let variables: AzureVariables
  /// How to come to a token.
  package private(set) var method: LoginMethod
  /// Whether `auto` chose the method, so that another one is next.
  package private(set) var isAutomatic = false
  /// What tokens are for.
  package let server: ServerApplication
  /// Where Entra ID is.
  package let host: AuthorityHost
  private let stackPath: String?

  /// Puts them together; throws `configuration` for a cloud, method, authority or server that is none.
  package init(_ options: AzureOptions, _ effects: CloudEffects) throws(CloudError) {
    self.options = options
    variables = AzureVariables(effects.environment, options)
    server = try ServerApplication(
      options.serverID ?? ServerApplication.aks,
      isLegacy: options.isLegacy
    )
    let named = try Self.method(variables.login)
    method = options.login ?? named ?? .auto
    host = try Self.host(options, variables, effects)
    stackPath = effects.environment[StackEnvironment.variable]
    guard options.boundTo == nil || method.canBind else {
      throw CloudError(
        .configuration,
        "--pop-enabled is for --login browser, spn and password, not \(method.rawValue)",
        remedy: "leave it out, or name one of those"
      )
    }
  }

  /// The same with one of the methods that `auto` takes.
  package func taking(_ method: LoginMethod) -> AzureSettings {
    var copy = self
    copy.method = method
    copy.isAutomatic = true
    return copy
  }

  /// The same with secrets that options name.
  package func knowing(
    clientSecret: Secret?,
    certificate: Secret? = nil,
    certificatePassword: Secret?
  ) -> AzureSettings {
    var copy = self
    copy.options.clientSecret = clientSecret
    copy.options.certificate = certificate
    copy.options.certificatePassword = certificatePassword
    return copy
  }

  private static func method(_ name: String?) throws(CloudError) -> LoginMethod? {
    guard let name else { return nil }
    guard let method = LoginMethod(named: name) else {
      throw CloudError(
        .configuration,
        "AAD_LOGIN_METHOD is \"\(Text.line(name, limit: 40))\", which is no way to log in",
        remedy: "set it to one of \(LoginMethod.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return method
  }

  /// The authority that an option names, else that of the cloud that one names, else that of a variable; a name of no
  /// cloud is an error either way.
  private static func host(
    _ options: AzureOptions,
    _ variables: AzureVariables,
    _ effects: CloudEffects
  ) throws(CloudError) -> AuthorityHost {
    let known = options.environment.flatMap { AzureCloud(named: $0) }
    if let name = options.environment, known == nil, !isStack(name) {
      throw AzureCloud.unknown(name)
    }
    if let text = options.authorityHost {
      return try AuthorityHost(text, named: "--authority-host")
    }
    if let known { return AuthorityHost(known) }
    if options.environment != nil { return try StackEnvironment.authorityHost(effects) }
    if let text = variables.authorityHost {
      return try AuthorityHost(text, named: "AZURE_AUTHORITY_HOST")
    }
    return AuthorityHost(.global)
  }

  private static func isStack(_ name: String) -> Bool {
    name.lowercased() == AzureCloud.stackName.lowercased()
  }

  /// The file with the endpoints of an Azure Stack, where it decides.
  package var stackFile: String? {
    guard let name = options.environment, Self.isStack(name), options.authorityHost == nil else {
      return nil
    }
    return stackPath
  }

  // MARK: persons

  /// The client with which a person logs in.
  package var personsClient: String { options.clientID ?? server.usualClient }

  /// The tenant that an option or a variable names, whatever the method.
  package var tenant: String? { options.tenantID ?? variables.tenantID ?? pipelines?.tenant }

  /// The tenant, for methods that need one; throws `configuration`.
  package func authority() throws(CloudError) -> EntraAuthority {
    guard let tenant else {
      throw CloudError(
        .configuration,
        "no tenant is named",
        remedy: "name the tenant: --tenant-id, or AZURE_TENANT_ID"
      )
    }
    return try EntraAuthority(host: host, tenant: tenant)
  }

  // MARK: applications

  private var pipelines: (tenant: String?, client: String?, id: String?)? {
    method == .azurePipelines || options.pipelinesConnection != nil ? variables.connection : nil
  }

  /// The application's id: a public client, which `az aks get-credentials` writes for people, is none.
  package var applicationID: String? {
    let given = options.clientID.flatMap { ServerApplication.isPublicClient($0) ? nil : $0 }
    // What a task of Azure Pipelines sets by itself only fills a gap.
    return given ?? variables.clientID ?? pipelines?.client
  }

  /// The application's id; throws `configuration` where there is none.
  package func application() throws(CloudError) -> String {
    guard let id = applicationID else {
      throw CloudError(
        .configuration,
        "no application is named",
        remedy: "name it: --client-id, or AZURE_CLIENT_ID"
      )
    }
    return id
  }

  /// The managed identity that is meant.
  package var identity: ManagedIdentityName {
    if let resource = options.identityResourceID { return .resource(resource) }
    return applicationID.map { .client($0) } ?? .systemAssigned
  }

  /// The secret or certificate that is given: by an option, else by a variable; nil if there is none.
  package var proof: Proof? {
    let password = options.certificatePassword ?? variables.certificatePassword
    if let text = options.certificate { return .certificateText(text, password: password) }
    if let file = options.certificateFile { return .certificate(file, password: password) }
    if let secret = options.clientSecret { return .secret(secret) }
    if let file = variables.certificateFile { return .certificate(file, password: password) }
    return variables.clientSecret.map { .secret($0) }
  }

  /// Whether a secret or certificate is named, read or not.
  package var namesProof: Bool {
    options.namesClientSecret || options.namesCertificate || proof != nil
  }

  /// What an application proves itself with.
  package enum Proof: Sendable, Equatable {
    case secret(Secret)
    case certificate(String, password: Secret?)
    /// What is in such a file: PEM, or a PFX file in base64.
    case certificateText(Secret, password: Secret?)
  }

  /// Where a token comes from that the application trusts; throws `configuration` if nothing is named.
  package func federation(_ method: LoginMethod) throws(CloudError) -> FederatedToken {
    switch method {
    case .github: return .gitHub
    case .azurePipelines:
      guard let id = options.pipelinesConnection ?? variables.connection.id else {
        throw CloudError(
          .configuration,
          "no service connection is named",
          remedy: "name its id: --azure-pipelines-service-connection-id"
        )
      }
      return .pipelines(connection: id)
    default:
      if let file = options.federatedTokenFile { return .file(file) }
      if variables.isGitHub { return .gitHub }
      if let file = variables.federatedTokenFile { return .file(file) }
      throw CloudError(
        .configuration,
        "there is no federated token",
        remedy: "name its file: --federated-token-file, or AZURE_FEDERATED_TOKEN_FILE"
      )
    }
  }
}
