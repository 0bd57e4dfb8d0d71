// SPDX-License-Identifier: Apache-2.0

package import Clouds
import EKSToken
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `lanyard get-token eks` was asked for.
package struct EKSRequest: Sendable, Equatable {
  /// The cluster's name, or the id of a local cluster on Outposts.
  package var cluster: String
  /// The cluster's region; nil: what the environment, the profile or the instance says.
  package var region: String?
  /// The AWS profile; nil: what the environment says, else `default`.
  package var profile: String?
  /// A role to assume with whatever credentials there are; its MFA device and duration are not set here.
  package var role: String?
  /// The external id of that role.
  package var externalID: String?
  /// The name of that role's session; nil: that of `aws eks get-token`, `EKSGetTokenAuth`.
  package var sessionName: String?
  /// `regional` or `legacy`; nil: what environment and profile say.
  package var regionalEndpoints: String?
  /// Use a host that meets FIPS 140.
  package var fips = false
  /// Use a host that has IPv6 addresses too.
  package var dualStack = false

  /// Asks for a cluster; everything else is left to environment and profile.
  package init(cluster: String) {
    self.cluster = cluster
  }
}

/// Tokens for EKS clusters.
package enum EKS {
  /// The name that `aws eks get-token` gives to the session of its `--role-arn`.
  static let sessionName = "EKSGetTokenAuth"

  /// A token for a cluster, signed with the credentials that the AWS chain gives.
  ///
  /// It is reported to last for 14 minutes, or to the end of the credentials if that comes first.
  /// Throws ``CloudError`` with the command that helps.
  package static func token(
    for request: EKSRequest,
    effects: CloudEffects
  ) async throws(CloudError) -> CloudToken {
    let context = try await AWSContext.read(
      profile: request.profile,
      region: request.region,
      effects: effects
    )
    let base = try AWSChain(context).source()
    let service = try await service(for: request, context)
    let fetch = AWSFetch(context: context, service: service.roles)
    let credentials = try await fetch.credentials(of: source(for: request, base))
    var token = try signed(request, with: credentials, at: service.endpoint, context)
    token.files += base.files(in: context)
    return token
  }

  /// The source that the request asks for: the chain's, or a role on top of it.
  private static func source(for request: EKSRequest, _ base: AWSSource) -> AWSSource {
    guard let role = request.role else { return base }
    let assumed = AssumedRole(
      arn: role,
      sessionName: request.sessionName ?? sessionName,
      externalID: request.externalID
    )
    return .role(assumed, by: base, profile: nil)
  }

  /// The host that the token names, and the service that roles are assumed at.
  private static func service(
    for request: EKSRequest,
    _ context: AWSContext
  ) async throws(CloudError) -> (endpoint: STSEndpoint, roles: STSService) {
    let profile = context.configuration.profile(context.profileName)
    let region = try await region(context, profile)
    let endpoint = try endpoint(for: request, in: region, context, profile)
    let configured = context.environment.endpoint(
      of: "sts",
      profile: profile,
      in: context.configuration
    )
    if configured != nil {
      context.effects.tell(
        "a custom STS endpoint is set; the token names \(endpoint.host) all the same, because EKS takes no other hosts"
      )
    }
    return (
      endpoint,
      try STSService(at: endpoint, configured: configured, effects: context.effects)
    )
  }

  /// AWS's own host, which is the only one that a cluster takes.
  private static func endpoint(
    for request: EKSRequest,
    in region: String,
    _ context: AWSContext,
    _ profile: AWSProfile?
  ) throws(CloudError) -> STSEndpoint {
    let variant: STSEndpoint.Variant
    do {
      variant = try context.environment.variant(
        fips: request.fips,
        dualStack: request.dualStack,
        regionalEndpoints: request.regionalEndpoints,
        profile: profile
      )
    } catch {
      throw CloudError(
        .configuration,
        "STS's regional endpoints are set to \"\(Text.line(error.value, limit: 40))\"",
        remedy: "set AWS_STS_REGIONAL_ENDPOINTS or sts_regional_endpoints to regional or legacy"
      )
    }
    guard let endpoint = STSEndpoint(region: region, variant: variant) else {
      throw CloudError(
        .configuration,
        "\"\(Text.line(region, limit: 40))\" is not the name of an AWS region",
        remedy: "give the cluster's region, such as --region us-east-1"
      )
    }
    return endpoint
  }

  private static func region(
    _ context: AWSContext,
    _ profile: AWSProfile?
  ) async throws(CloudError) -> String {
    if let region = context.environment.region(option: context.regionOption, profile: profile) {
      return region
    }
    if let region = try await InstanceMetadata(context: context).region() { return region }
    throw CloudError(
      .configuration,
      "nothing says in which AWS region the cluster is",
      remedy: "give --region in the kubeconfig's args"
    )
  }

  private static func signed(
    _ request: EKSRequest,
    with credentials: AWSCredentials,
    at endpoint: STSEndpoint,
    _ context: AWSContext
  ) throws(CloudError) -> CloudToken {
    let now = Int64(context.effects.now().timeIntervalSince1970.rounded(.down))
    let token = ClusterToken(
      cluster: request.cluster,
      credentials: credentials,
      endpoint: endpoint,
      at: now
    )
    guard let token else {
      throw CloudError(
        .configuration,
        "the clock is set to no date that can be signed",
        remedy: "set it"
      )
    }
    guard token.length <= ClusterToken.maximumLength else {
      throw CloudError(
        .refused,
        "the token has \(token.length) bytes, and EKS takes \(ClusterToken.maximumLength): the session token is too long",
        remedy: "use credentials with fewer session tags and policies, or assume a role: --role-arn"
      )
    }
    return CloudToken(
      token: Secret(token.token.expose()),
      expiry: Date(timeIntervalSince1970: Double(token.expiration)),
      reported: Date(timeIntervalSince1970: Double(token.reported)),
      files: AWSFiles(environment: context.environment, effects: context.effects).paths
    )
  }
}
