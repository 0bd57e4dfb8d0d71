// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import EKSToken
package import OAuth

/// The AWS services that people sign in at, and where they are.
///
/// Source: botocore's `endpoint-rule-set-1.json` of `sso-oidc`, `sso` and `signin`.
package enum SignInService: String, Sendable, CaseIterable {
  /// The token service of IAM Identity Center.
  case ssoOIDC = "sso_oidc"
  /// The portal of IAM Identity Center, which gives a role's credentials.
  case ssoPortal = "sso"
  /// The console sign-in behind `aws login`.
  case signIn = "signin"

  /// Which of a service's hosts.
  package struct Variant: Sendable, Equatable {
    /// The hosts with validated cryptography (FIPS 140).
    package var fips = false
    /// The hosts that answer over IPv6 too.
    package var dualStack = false

    /// The plain hosts, unless said otherwise.
    package init(fips: Bool = false, dualStack: Bool = false) {
      self.fips = fips
      self.dualStack = dualStack
    }
  }

  /// The host of the service in a region.
  package func host(region: String, _ variant: Variant = Variant()) -> String {
    let partition = AWSPartition(region: region)
    let suffix = variant.dualStack ? partition.dualStackSuffix : partition.suffix
    switch self {
    case .ssoOIDC: return "\(fips("oidc", variant, partition)).\(region).\(suffix)"
    case .ssoPortal: return "\(fips("portal.sso", variant, partition)).\(region).\(suffix)"
    case .signIn:
      if variant == Variant(), let domain = Self.consoleDomains[partition.name] {
        return "\(region).\(domain)"
      }
      return "\(variant.fips ? "signin-fips" : "signin").\(region).\(suffix)"
    }
  }

  /// The domains of the console's sign-in pages, where they are not those of other services.
  private static let consoleDomains = [
    "aws": "signin.aws.amazon.com", "aws-cn": "signin.amazonaws.cn",
    "aws-us-gov": "signin.amazonaws-us-gov.com",
  ]

  /// The hosts of GovCloud have validated cryptography without saying so.
  private func fips(_ name: String, _ variant: Variant, _ partition: AWSPartition) -> String {
    variant.fips && !(partition.name == "aws-us-gov" && !variant.dualStack) ? "\(name)-fips" : name
  }

  /// Where requests go: the service's own host, or what the configuration puts in its place.
  ///
  /// Throws ``CloudError/Code/configuration`` for a region that is none, and for another host than Amazon's unless it
  /// is on loopback or the user's own configuration allows it: a kubeconfig can set these variables.
  package func base(
    region: String,
    profile: AWSProfile?,
    in context: AWSContext
  ) throws(CloudError) -> Issuer {
    guard Self.isRegion(region) else {
      throw CloudError(
        .configuration,
        "\"\(region.prefix(40))\" is not the name of an AWS region",
        remedy: "correct the region in the profile, such as us-east-1"
      )
    }
    let environment = context.environment
    let configured = environment.endpoint(of: rawValue, profile: profile, in: context.configuration)
    if let configured { return try other(configured, context) }
    let variant = Variant(
      fips: environment.isTrue(
        environment.variable("AWS_USE_FIPS_ENDPOINT") ?? profile?["use_fips_endpoint"]
      ),
      dualStack: environment.isTrue(
        environment.variable("AWS_USE_DUALSTACK_ENDPOINT") ?? profile?["use_dualstack_endpoint"]
      )
    )
    return try address("https://\(host(region: region, variant))")
  }

  private func other(_ url: String, _ context: AWSContext) throws(CloudError) -> Issuer {
    let trimmed = url.hasSuffix("/") ? String(url.dropLast()) : url
    let base = try address(trimmed)
    guard context.effects.allows(.awsOtherHosts) else {
      throw CloudError(
        .configuration,
        "an endpoint URL of the AWS configuration would send the sign-in to \(base.host)",
        remedy:
          "unset it, or \(CloudPermission.awsOtherHosts.leave)"
      )
    }
    return base
  }

  private func address(_ url: String) throws(CloudError) -> Issuer {
    do {
      return try Issuer(url)
    } catch {
      throw CloudError(
        .configuration,
        "the endpoint URL for \(rawValue) in the AWS configuration is not usable",
        remedy: "give an https URL without a query, or http on a loopback address",
        cause: error
      )
    }
  }

  /// A region goes into a host name, and profiles are hostile input.
  private static func isRegion(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count) && text.first != "-" && text.last != "-"
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
      }
  }
}
