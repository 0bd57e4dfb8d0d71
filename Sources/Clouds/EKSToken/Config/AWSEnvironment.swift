// SPDX-License-Identifier: Apache-2.0

/// What the environment and the options say about profile, region and files.
///
/// Source of every rule: the AWS CLI, version 2 (`--profile`, `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`; `--region`,
/// `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's `region`).
package struct AWSEnvironment: Sendable {
  /// A variable; nil if it is not set or empty.
  package let variable: @Sendable (String) -> String?
  /// The home folder, nil if there is none.
  package let home: String?

  /// An environment from its parts; `variable` gives nil for an empty variable.
  package init(home: String?, variable: @escaping @Sendable (String) -> String?) {
    self.home = home
    self.variable = variable
  }

  /// The name of the profile that holds; `option` is what `--profile` says.
  package func profileName(option: String?) -> String {
    option ?? variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE") ?? "default"
  }

  /// The region that holds, nil if nothing names one; `option` is what `--region` says.
  package func region(option: String?, profile: AWSProfile?) -> String? {
    option ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? profile?["region"]
  }

  /// Where a file lies: what its variable says (`AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE`), else in `~/.aws`.
  ///
  /// Nil if that takes a home folder and there is none.
  package func path(of file: AWSConfiguration.File) -> String? {
    switch file {
    case .config: expanded(variable("AWS_CONFIG_FILE") ?? "~/.aws/config")
    case .credentials: expanded(variable("AWS_SHARED_CREDENTIALS_FILE") ?? "~/.aws/credentials")
    }
  }

  /// A path with the home folder in place of `~`, `$HOME` or `${HOME}` at its start; nil without a home folder.
  ///
  /// botocore replaces other variables too. What a token is kept ready for cannot depend on variables of any name.
  package func expanded(_ path: String) -> String? {
    for sign in ["~", "$HOME", "${HOME}"] where path == sign || path.hasPrefix(sign + "/") {
      guard let home else { return nil }
      return home + path.dropFirst(sign.count)
    }
    return path
  }

  /// Whether configured endpoints are to be ignored (`AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`,
  /// `ignore_configured_endpoint_urls`).
  package func ignoresEndpoints(_ profile: AWSProfile?) -> Bool {
    isTrue(variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))
      || isTrue(profile?["ignore_configured_endpoint_urls"])
  }

  /// The endpoint configured for a service; nil if there is none or such endpoints are ignored.
  ///
  /// `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's `services` section, its `endpoint_url`: the
  /// order of botocore's `ConfiguredEndpointProvider`. `service` is botocore's id in lower case: `sts`, `sso`,
  /// `sso_oidc`, `signin`.
  package func endpoint(
    of service: String,
    profile: AWSProfile?,
    in configuration: AWSConfiguration
  ) -> String? {
    guard !ignoresEndpoints(profile) else { return nil }
    if let url = variable("AWS_ENDPOINT_URL_" + service.uppercased())
      ?? variable("AWS_ENDPOINT_URL")
    {
      return url
    }
    let services = profile?["services"].flatMap { configuration.services[$0] }
    return services?[service, "endpoint_url"] ?? profile?["endpoint_url"]
  }

  /// A setting that says something other than it may.
  package struct UnknownSetting: Error, Sendable, Equatable {
    /// Its value.
    package let value: String
  }

  /// How the host of STS is to be chosen; the arguments are what options say.
  ///
  /// `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT`, `AWS_STS_REGIONAL_ENDPOINTS`, and the profile's keys with
  /// the same names. Regional unless told otherwise, as in version 2 of the AWS CLI. Throws ``UnknownSetting`` if the
  /// latter is neither `regional` nor `legacy`.
  package func variant(
    fips: Bool,
    dualStack: Bool,
    regionalEndpoints: String?,
    profile: AWSProfile?
  ) throws(UnknownSetting) -> STSEndpoint.Variant {
    let regional =
      regionalEndpoints ?? variable("AWS_STS_REGIONAL_ENDPOINTS") ?? profile?[
        "sts_regional_endpoints"
      ]
      ?? "regional"
    guard regional == "regional" || regional == "legacy" else {
      throw UnknownSetting(value: regional)
    }
    return STSEndpoint.Variant(
      fips: fips || isTrue(variable("AWS_USE_FIPS_ENDPOINT") ?? profile?["use_fips_endpoint"]),
      dualStack: dualStack
        || isTrue(variable("AWS_USE_DUALSTACK_ENDPOINT") ?? profile?["use_dualstack_endpoint"]),
      legacy: regional == "legacy"
    )
  }

  /// Whether a setting says `true`, in any case.
  package func isTrue(_ setting: String?) -> Bool {
    setting?.lowercased() == "true"
  }
}
