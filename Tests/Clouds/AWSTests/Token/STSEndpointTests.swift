// SPDX-License-Identifier: Apache-2.0

import Testing

import EKSToken

@Suite struct STSEndpointTests {
  private static let plain = STSEndpoint.Variant()
  private static let fips = STSEndpoint.Variant(fips: true)
  private static let dualStack = STSEndpoint.Variant(dualStack: true)
  private static let both = STSEndpoint.Variant(fips: true, dualStack: true)
  private static let legacy = STSEndpoint.Variant(legacy: true)

  @Test(
    arguments: [
      ("us-east-1", plain, "sts.us-east-1.amazonaws.com"),
      ("us-east-1", legacy, "sts.amazonaws.com"),
      ("eu-central-2", legacy, "sts.eu-central-2.amazonaws.com"),
      (
        "us-east-1", STSEndpoint.Variant(fips: true, legacy: true),
        "sts-fips.us-east-1.amazonaws.com"
      ),
      ("us-east-1", STSEndpoint.Variant(dualStack: true, legacy: true), "sts.us-east-1.api.aws"),
      ("aws-global", plain, "sts.amazonaws.com"),
      ("us-east-2", fips, "sts-fips.us-east-2.amazonaws.com"),
      ("us-east-2", both, "sts-fips.us-east-2.api.aws"),
      ("us-gov-west-1", plain, "sts.us-gov-west-1.amazonaws.com"),
      ("us-gov-west-1", fips, "sts.us-gov-west-1.amazonaws.com"),
      ("us-gov-west-1", both, "sts-fips.us-gov-west-1.api.aws"),
      ("cn-north-1", plain, "sts.cn-north-1.amazonaws.com.cn"),
      ("cn-northwest-1", dualStack, "sts.cn-northwest-1.api.amazonwebservices.com.cn"),
      ("eusc-de-east-1", plain, "sts.eusc-de-east-1.amazonaws.eu"),
      ("us-iso-east-1", plain, "sts.us-iso-east-1.c2s.ic.gov"),
      ("us-isob-east-1", plain, "sts.us-isob-east-1.sc2s.sgov.gov"),
      ("eu-isoe-west-1", plain, "sts.eu-isoe-west-1.cloud.adc-e.uk"),
      ("us-isof-south-1", plain, "sts.us-isof-south-1.csp.hci.ic.gov"),
      ("mars-north-1", plain, "sts.mars-north-1.amazonaws.com"),
      ("local", plain, "sts.local.amazonaws.com"),
    ] as [(String, STSEndpoint.Variant, String)]
  )
  func `a region has the host that botocore's rules give`(
    region: String,
    variant: STSEndpoint.Variant,
    host: String
  ) throws {
    let endpoint = try #require(STSEndpoint(region: region, variant: variant))
    #expect(endpoint.host == host)
    #expect(endpoint.signingRegion == (host == "sts.amazonaws.com" ? "us-east-1" : region))
  }

  @Test(arguments: [
    "", "-us", "us-", "us east", "us.east", "evil.example/", "1234", "us-east-1\n", "ü",
    String(repeating: "a", count: 64),
  ])
  func `what cannot be part of a host name is no region`(region: String) {
    #expect(STSEndpoint(region: region) == nil)
  }

  @Test(
    arguments: [
      ("sts.amazonaws.com", true), ("sts.us-east-1.amazonaws.com", true),
      ("STS.us-east-1.AMAZONAWS.com", true), ("sts-fips.us-east-1.amazonaws.com", true),
      ("sts.eu-west-1.api.aws", true), ("sts-fips.us-gov-west-1.api.aws", true),
      ("sts.cn-north-1.amazonaws.com.cn", true), ("sts.eusc-de-east-1.amazonaws.eu", true),
      ("sts.cn-north-1.api.amazonwebservices.com.cn", true),
      ("vpce-0a1-b2.sts.us-west-2.vpce.amazonaws.com", true),
      ("vpce-0a1-b2-us-west-2a.sts.us-west-2.vpce.amazonaws.com", true),
      ("abc123.execute-api.us-east-1.amazonaws.com", false), ("bucket.s3.amazonaws.com", false),
      ("sts.s3.amazonaws.com", false), ("sts.s3-us-west-2.amazonaws.com", false),
      ("sts.s3.us-west-2.amazonaws.com", false), ("sts.s3-website-us-east-1.amazonaws.com", false),
      ("sts.mars-north-1.amazonaws.com", false), ("sts.cn-north-1.amazonaws.com", false),
      ("sts.us-east-1.amazonaws.com.cn", false), ("x.sts.us-east-1.amazonaws.com", false),
      ("vpce-1.vpce-svc-2.us-east-1.vpce.amazonaws.com", false),
      ("evil.sts.us-east-1.vpce.amazonaws.com", false),
      ("vpce-1.sts.us-east-1.vpce.api.aws", false), ("sts.us-east-1.amazonaws.com.", false),
      ("iam.us-east-1.amazonaws.com", false), ("sts.amazonaws.com.evil.example", false),
      ("amazonaws.com", false), ("sts", false), ("", false),
    ]
  )
  func `only the hosts of the service itself are its own`(host: String, isOwn: Bool) {
    #expect(STSEndpoint.isHost(host) == isOwn)
  }

  @Test func `a regional setting other than two words is refused`() {
    let environment = AWSEnvironment(home: nil) {
      $0 == "AWS_STS_REGIONAL_ENDPOINTS" ? "Legacy" : nil
    }
    #expect(throws: AWSEnvironment.UnknownSetting.self) {
      try environment.variant(fips: false, dualStack: false, regionalEndpoints: nil, profile: nil)
    }
  }
}
