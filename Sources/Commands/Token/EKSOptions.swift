// SPDX-License-Identifier: Apache-2.0

import AWS
package import ArgumentParser

/// Which host of STS a token names.
package enum RegionalEndpoints: String, Choice, Sendable {
  /// That of the region.
  case regional
  /// The one global host, for regions that are older than regional hosts.
  case legacy
}

/// How the credential is written: `aws eks get-token` has other ways, none of which kubectl reads.
package enum CredentialFormat: String, Choice, Sendable {
  /// The only one.
  case json
}

/// What `lanyard get-token eks` can be told; the spellings are those of `aws eks get-token` and aws-iam-authenticator.
package struct EKSOptions: ParsableArguments {
  /// The cluster.
  @Option(help: ArgumentHelp("The name of the cluster.", valueName: "name"))
  package var clusterName: String?

  /// The cluster by its id.
  @Option(
    name: [.customLong("cluster-id"), .customShort("i")],
    help: ArgumentHelp(
      "The id of a local cluster on AWS Outposts, in place of --cluster-name.",
      valueName: "id"
    )
  )
  package var clusterID: String?

  /// The cluster's region.
  @Option(
    help: ArgumentHelp(
      "The cluster's region; what environment, profile or instance say unless given.",
      valueName: "region"
    )
  )
  package var region: String?

  /// The AWS profile.
  @Option(
    help: ArgumentHelp(
      "The AWS profile to take credentials from; keys in the environment do not count then.",
      valueName: "name"
    )
  )
  package var profile: String?

  /// A role to assume.
  @Option(
    name: [.customLong("role-arn"), .customLong("role"), .customShort("r")],
    help: ArgumentHelp("A role to assume with those credentials.", valueName: "arn")
  )
  package var roleARN: String?

  /// The external id of that role.
  @Option(
    name: [.customLong("external-id"), .customShort("e")],
    help: ArgumentHelp(
      "The external id that the owner of --role-arn agreed on with you.",
      valueName: "id"
    )
  )
  package var externalID: String?

  /// The session's name.
  @Option(
    name: [.customLong("session-name"), .customShort("s")],
    help: ArgumentHelp(
      "How the session of --role-arn is named in the account's logs; EKSGetTokenAuth unless given.",
      valueName: "name"
    )
  )
  package var sessionName: String?

  /// Which host of STS.
  @Option(help: "The host of STS that the token names.")
  package var stsRegionalEndpoints: RegionalEndpoints?

  /// A host with validated cryptography.
  @Flag(help: "Let the token name a host of STS that meets FIPS 140.")
  package var useFipsEndpoint = false

  /// A host with IPv6 addresses.
  @Flag(help: "Let the token name a host of STS that has IPv6 addresses too.")
  package var useDualstackEndpoint = false

  /// Stands in what `aws eks update-kubeconfig` writes.
  @Option(
    help: ArgumentHelp(
      "Taken from the AWS CLI's arguments as it is; the credential is JSON in any case.",
      visibility: .hidden
    )
  )
  package var output: CredentialFormat?

  /// Options to be filled by parsing.
  package init() {}

  /// Refuses options that contradict each other or would do nothing.
  package func validate() throws {
    let clusters = [clusterName, clusterID].compactMap(\.self)
    guard clusters.count == 1, clusters.first?.isEmpty == false else {
      throw ValidationError("give the cluster, by either --cluster-name or --cluster-id")
    }
    guard roleARN != nil || (externalID == nil && sessionName == nil) else {
      throw ValidationError("--external-id and --session-name belong to a --role-arn")
    }
  }

  /// The request that they make.
  var request: EKSRequest {
    var request = EKSRequest(cluster: clusterName ?? clusterID ?? "")
    request.region = region
    request.profile = profile
    request.role = roleARN
    request.externalID = externalID
    request.sessionName = sessionName
    request.regionalEndpoints = stsRegionalEndpoints?.rawValue
    request.fips = useFipsEndpoint
    request.dualStack = useDualstackEndpoint
    return request
  }
}
