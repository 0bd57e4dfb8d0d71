// SPDX-License-Identifier: Apache-2.0

/// A host of AWS's Security Token Service, and the region that signatures for it name.
package struct STSEndpoint: Sendable, Equatable {
  /// The host name.
  package let host: String
  /// The region in a signature's scope.
  package let signingRegion: String

  /// How the host is to be chosen.
  package struct Variant: Sendable, Equatable {
    /// A host that meets FIPS 140.
    package var fips = false
    /// A host that has IPv6 addresses too.
    package var dualStack = false
    /// The one global host, for the regions that were there before regional hosts.
    package var legacy = false

    /// The plain regional host, unless told otherwise.
    package init(fips: Bool = false, dualStack: Bool = false, legacy: Bool = false) {
      self.fips = fips
      self.dualStack = dualStack
      self.legacy = legacy
    }
  }

  /// The host for a region; nil if the region cannot be part of a host name.
  ///
  /// Source: the endpoint rules of STS in botocore 1.43 (`data/sts/2011-06-15/endpoint-rule-set-1.json.gz`).
  package init?(region: String, variant: Variant = Variant()) {
    guard Self.isLabel(region) else { return nil }
    let plain = !variant.fips && !variant.dualStack
    if plain, region == "aws-global" || (variant.legacy && Self.legacyRegions.contains(region)) {
      host = "sts.amazonaws.com"
      signingRegion = "us-east-1"
      return
    }
    let partition = AWSPartition(region: region)
    // GovCloud's plain hosts are FIPS hosts.
    let fips = variant.fips && !(partition.name == "aws-us-gov" && !variant.dualStack)
    let suffix = variant.dualStack ? partition.dualStackSuffix : partition.suffix
    host = (fips ? "sts-fips." : "sts.") + region + "." + suffix
    signingRegion = region
  }

  /// Whether a host name is one of STS's own: that of a region, the global one, or a VPC endpoint of the service.
  ///
  /// The domains alone say nothing: `BUCKET.s3.amazonaws.com` and `ID.execute-api.REGION.amazonaws.com` are whoever's
  /// rents them, and a bucket may be called `sts`. So the region has to be one that a partition claims.
  package static func isHost(_ host: String) -> Bool {
    let host = host.lowercased()
    if host == "sts.amazonaws.com" { return true }
    var labels = host.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let isPrivate = labels.count > 4 && labels[0].hasPrefix("vpce-") && labels[3] == "vpce"
    if isPrivate {
      labels.remove(at: 3)
      labels.removeFirst()
    }
    guard labels.count > 2, labels[0] == "sts" || labels[0] == "sts-fips", isLabel(labels[1]),
      let partition = AWSPartition(claiming: labels[1])
    else { return false }
    let suffix = labels[2...].joined(separator: ".")
    return suffix == partition.suffix || (!isPrivate && suffix == partition.dualStackSuffix)
  }

  private static let legacyRegions: Set<String> = [
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3",
    "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
  ]

  /// Letters, digits and inner hyphens, at most 63, and not digits only.
  private static func isLabel(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
    return (1...63).contains(bytes.count) && bytes.first != 45 && bytes.last != 45
      && !bytes.allSatisfy(isDigit)
      && bytes.allSatisfy {
        isDigit($0) || $0 == 45 || (65...90).contains($0) || (97...122).contains($0)
      }
  }
}

/// A partition of AWS: regions that share accounts and domain names.
package struct AWSPartition: Sendable, Equatable {
  /// Its name: `aws`, `aws-cn`, `aws-us-gov` and so on.
  package let name: String
  /// What hosts end with: `amazonaws.com`.
  package let suffix: String
  /// What hosts with IPv6 addresses end with: `api.aws`.
  package let dualStackSuffix: String
  private let areas: Set<String>

  private init(_ name: String, _ areas: Set<String>, _ suffix: String, _ dualStackSuffix: String) {
    self.name = name
    self.areas = areas
    self.suffix = suffix
    self.dualStackSuffix = dualStackSuffix
  }

  /// The partition of a region, told by the region's form; `aws` for one that no partition claims.
  ///
  /// Source: `partitions.json` of botocore 1.43.
  package init(region: String) {
    self = Self(claiming: region) ?? Self.commercial
  }

  /// The partition that a region's form belongs to; nil for one that no partition claims.
  package init?(claiming region: String) {
    let parts = region.split(separator: "-", omittingEmptySubsequences: false)
    let isNumbered = parts.count >= 3 && parts.last?.allSatisfy(\.isNumber) == true
    let area = isNumbered ? parts.dropLast(2).joined(separator: "-") : ""
    guard let claimed = Self.all.first(where: { $0.areas.contains(area) }) else { return nil }
    self = claimed
  }

  private static let commercial = AWSPartition(
    "aws",
    ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"],
    "amazonaws.com",
    "api.aws"
  )

  /// Every partition there is.
  package static let all = [
    commercial,
    AWSPartition("aws-cn", ["cn"], "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    AWSPartition("aws-us-gov", ["us-gov"], "amazonaws.com", "api.aws"),
    AWSPartition("aws-eusc", ["eusc-de"], "amazonaws.eu", "api.amazonwebservices.eu"),
    AWSPartition("aws-iso", ["us-iso"], "c2s.ic.gov", "api.aws.ic.gov"),
    AWSPartition("aws-iso-b", ["us-isob"], "sc2s.sgov.gov", "api.aws.scloud"),
    AWSPartition("aws-iso-e", ["eu-isoe"], "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    AWSPartition("aws-iso-f", ["us-isof"], "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
  ]
}
