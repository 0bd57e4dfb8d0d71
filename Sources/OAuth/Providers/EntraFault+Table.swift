// SPDX-License-Identifier: Apache-2.0

extension EntraFault {
  /// Every failure that is known, by what has to be done.
  package static let all: [EntraFault] = signIn + policy + tenant + client + federation + service

  /// A person has to log in (again).
  private static let signIn: [EntraFault] = [
    EntraFault(16_000, "several accounts are signed in, and one has to be chosen", .logIn),
    EntraFault(50_058, "nobody is signed in", .logIn),
    EntraFault(50_076, "multi-factor authentication is needed", .logIn),
    EntraFault(50_079, "multi-factor authentication has to be set up first", .logIn),
    EntraFault(50_072, "multi-factor authentication has to be set up first", .logIn),
    EntraFault(50_074, "multi-factor authentication was not completed", .logIn),
    EntraFault(50_078, "the multi-factor authentication has expired by a policy", .logIn),
    EntraFault(50_089, "the sign-in took too long", .logIn),
    EntraFault(50_132, "the session ended because the password was changed or has expired", .logIn),
    EntraFault(50_133, "the session ended because the password was changed or has expired", .logIn),
    EntraFault(50_173, "the session ended because the password was changed", .logIn),
    EntraFault(50_158, "another check of your organization has to be passed", .logIn),
    EntraFault(54_005, "the code of the login was used before", .logIn),
    EntraFault(65_004, "the consent was declined", .logIn),
    EntraFault(70_000, "the refresh token is not valid", .logIn),
    EntraFault(
      70_008,
      "the refresh token has expired, because it was not used for too long",
      .logIn
    ),
    EntraFault(70_019, "the device code has expired", .logIn),
    EntraFault(70_043, "a policy on sign-in frequency wants a new login", .logIn),
    EntraFault(70_044, "a policy on sign-in frequency wants a new login", .logIn),
    EntraFault(700_081, "the refresh token has reached its greatest age", .logIn),
    EntraFault(
      700_082,
      "the refresh token has expired, because it was not used for too long",
      .logIn
    ),
    EntraFault(700_084, "the refresh token of a browser application has expired", .logIn),
    EntraFault(
      50_126,
      "user name or password is wrong",
      .logIn,
      "check the password, and name the user as user@domain"
    ),
    EntraFault(
      50_055,
      "the password has expired",
      .logIn,
      "change the password at the organization's sign-in page"
    ),
  ]

  /// Conditional Access and other policies.
  private static let policy: [EntraFault] = [
    EntraFault(50_005, "Conditional Access does not support this platform", .administrator),
    EntraFault(
      50_053,
      "the account or this address is locked after too many failed sign-ins",
      .administrator
    ),
    EntraFault(50_097, "Conditional Access wants a device that is known", .browser),
    EntraFault(50_131, "Conditional Access blocks this device or request", .browser),
    EntraFault(50_187, "the device did not authenticate", .browser),
    EntraFault(50_199, "the sign-in has to be confirmed in the browser", .browser),
    EntraFault(
      53_000,
      "Conditional Access wants a compliant device, and this one is not",
      .browser
    ),
    EntraFault(
      53_001,
      "Conditional Access wants a device of the domain, and this one is none",
      .browser
    ),
    EntraFault(53_002, "Conditional Access wants an approved application", .administrator),
    EntraFault(
      53_003,
      "Conditional Access blocks the access; logins by device code often are",
      .browser
    ),
    EntraFault(
      53_004,
      "multi-factor authentication has to be registered first, because of a risk",
      .browser
    ),
    EntraFault(530_002, "Conditional Access wants a compliant device", .browser),
    EntraFault(530_003, "Conditional Access wants a device that is managed", .browser),
    EntraFault(530_035, "security defaults of the tenant block the access", .administrator),
    EntraFault(
      50_196,
      "the same request came too often",
      .later,
      "wait some minutes; something asks in a loop"
    ),
  ]

  /// Who and what the tenant knows.
  private static let tenant: [EntraFault] = [
    EntraFault(
      50_020,
      "the account is not in this tenant",
      .settings,
      "check --tenant-id, or have the account invited"
    ),
    EntraFault(
      50_034,
      "the account is not in this tenant",
      .settings,
      "check the user name and --tenant-id"
    ),
    EntraFault(
      51_004,
      "the account is not in this tenant",
      .settings,
      "check --tenant-id, or have the account invited"
    ),
    EntraFault(50_057, "the account is disabled", .administrator),
    EntraFault(50_059, "no tenant is named", .settings, "name the tenant: --tenant-id"),
    EntraFault(50_105, "the account is not assigned to the application", .administrator),
    EntraFault(
      65_001,
      "nobody has consented to the application",
      .administrator,
      "log in with a browser to consent, or ask an administrator of the tenant to"
    ),
    EntraFault(65_005, "the application may not ask for this server application", .settings),
    EntraFault(650_052, "the organization has not enabled the service", .administrator),
    EntraFault(
      650_057,
      "the client may not ask for this server application",
      .settings,
      "check --client-id and --server-id"
    ),
    EntraFault(90_002, "there is no such tenant", .settings, "check --tenant-id and --environment"),
    EntraFault(
      900_023,
      "the tenant is neither a GUID nor a domain name",
      .settings,
      "check --tenant-id"
    ),
    EntraFault(90_038, "the tenant belongs to another cloud", .settings, "check --environment"),
    EntraFault(
      900_382,
      "a client with a secret cannot be used across clouds",
      .settings,
      "check --environment"
    ),
    EntraFault(
      90_072,
      "the account is in no tenant that may use the application",
      .settings,
      "check --tenant-id, or have the account invited"
    ),
    EntraFault(
      500_011,
      "the tenant does not know the server application",
      .settings,
      "check --server-id and --tenant-id"
    ),
    EntraFault(
      50_001,
      "the server application is disabled or does not exist",
      .settings,
      "check --server-id"
    ),
    EntraFault(
      700_016,
      "the tenant does not know the client",
      .settings,
      "check --client-id and --tenant-id"
    ),
    EntraFault(
      70_001,
      "the client does not exist or is disabled",
      .settings,
      "check --client-id and --tenant-id"
    ),
    EntraFault(70_011, "the scope is not valid", .settings, "check --server-id"),
    EntraFault(
      901_002,
      "Entra ID takes no resource parameter",
      .settings,
      "name the server application by --server-id alone"
    ),
    EntraFault(
      9_010_010,
      "the resource parameter and the scope are of two server applications",
      .settings,
      "name the server application by --server-id alone, or leave out --resource with get-token oidc"
    ),
  ]

  /// What the client proves itself with.
  private static let client: [EntraFault] = [
    EntraFault(
      50_011,
      "the address of the answer is not registered for the client",
      .settings,
      "register http://localhost for the client as a public client, or give --redirect-url"
    ),
    EntraFault(50_012, "the client's certificate is not accepted", .clientSecret),
    EntraFault(50_027, "the client's signed statement is not valid", .clientSecret),
    EntraFault(70_002, "the client's secret is wrong", .clientSecret),
    EntraFault(7_000_012, "the assertion is meant for another tenant", .settings),
    EntraFault(7_000_112, "the application is disabled in the tenant", .administrator),
    EntraFault(
      7_000_215,
      "the client's secret is wrong",
      .clientSecret,
      "give the secret's value, not its id"
    ),
    EntraFault(
      7_000_216,
      "the client has to prove itself, and nothing was given",
      .clientSecret,
      "give --client-secret-file or --client-certificate"
    ),
    EntraFault(
      7_000_218,
      "the client has to prove itself, and nothing was given",
      .clientSecret,
      "have public client flows allowed for the application, or use --login spn"
    ),
    EntraFault(7_000_222, "the client's secret has expired", .clientSecret),
    EntraFault(
      700_027,
      "the client's certificate is not one of the application's, or it has expired",
      .clientSecret
    ),
    EntraFault(
      700_024,
      "the client's signed statement is not within its time",
      .clientSecret,
      "set this machine's clock; a federated token has to be renewed where it comes from"
    ),
  ]

  /// Workload identity federation.
  private static let federation: [EntraFault] = [
    EntraFault(
      70_021,
      "the application has no federated credential that fits the token",
      .federation
    ),
    EntraFault(
      700_211,
      "the application has no federated credential for the token's issuer",
      .federation
    ),
    EntraFault(
      700_212,
      "the application has no federated credential for the token's audience",
      .federation
    ),
    EntraFault(
      700_213,
      "the application has no federated credential for the token's subject",
      .federation
    ),
    EntraFault(700_222, "a token of Entra ID itself cannot be federated here", .federation),
    EntraFault(50_166, "the issuer of the federated token cannot be reached by Entra ID", .later),
    EntraFault(
      501_661,
      "the keys of the federated token's issuer cannot be read by Entra ID",
      .later,
      "see that the issuer's keys are public, and try again in a moment"
    ),
    EntraFault(50_013, "the assertion is not valid", .federation),
  ]

  /// The service itself.
  private static let service: [EntraFault] = [
    EntraFault(50_033, "Entra ID has a passing fault", .later),
    EntraFault(50_087, "Entra ID is not available now", .later),
    EntraFault(90_006, "Entra ID is not available now", .later),
    EntraFault(90_012, "Entra ID took too long", .later),
    EntraFault(90_024, "Entra ID has a passing fault", .later),
    EntraFault(90_033, "the directory is not available now", .later),
    EntraFault(90_055, "the tenant gets too many requests", .later),
    EntraFault(50_000, "Entra ID failed to make a token", .later),
  ]
}
