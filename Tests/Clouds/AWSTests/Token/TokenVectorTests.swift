// SPDX-License-Identifier: Apache-2.0

import Testing

import EKSToken

/// Tokens that the AWS CLI's own code made at a frozen time, and that another signer confirmed.
@Suite struct TokenVectorTests {
  struct Vector: Decodable, CustomTestStringConvertible {
    struct Input: Decodable {
      let clusterName: String
      /// The option that names the cluster.
      let via: String
      let region: String
      let time: String
      let accessKeyId: String
      let secretAccessKey: String
      let sessionToken: String?
      let env: [String: String]
    }

    struct Expect: Decodable {
      let host: String
      let signingRegion: String
      let canonicalRequest: String
      let stringToSign: String
      let signingKeyHex: String
      let signature: String
      let urlAwsCli: String
      let tokenAwsCli: String
      let expirationTimestamp: String
    }

    let name: String
    let input: Input
    let expect: Expect
    var testDescription: String { name }
  }

  struct Document: Decodable {
    let vectors: [Vector]
  }

  static func vectors() throws -> [Vector] {
    try Vectors.decoded(Document.self, from: "eks-tokens.json").vectors
  }

  @Test func `all vectors are here`() throws {
    #expect(try Self.vectors().count == 18)
  }

  @Test(arguments: try TokenVectorTests.vectors())
  func `a token is byte for byte that of the AWS CLI`(vector: Vector) throws {
    let (input, expect) = (vector.input, vector.expect)
    let environment = AWSEnvironment(home: nil) { input.env[$0] }
    let variant = try environment.variant(
      fips: false,
      dualStack: false,
      regionalEndpoints: nil,
      profile: nil
    )
    let endpoint = try #require(STSEndpoint(region: input.region, variant: variant))
    #expect(endpoint.host == expect.host)
    #expect(endpoint.signingRegion == expect.signingRegion)
    let credentials = try #require(
      AWSCredentials(
        accessKeyID: input.accessKeyId,
        secretAccessKey: input.secretAccessKey,
        sessionToken: input.sessionToken
      )
    )
    let seconds = try #require(AWSTime.seconds(input.time))
    let token = try #require(
      ClusterToken(
        cluster: input.clusterName,
        credentials: credentials,
        endpoint: endpoint,
        at: seconds
      )
    )
    #expect(token.signature.canonicalRequest == expect.canonicalRequest)
    #expect(token.signature.stringToSign == expect.stringToSign)
    #expect(token.signature.hex == expect.signature)
    #expect(token.url.expose() == expect.urlAwsCli)
    #expect(token.token.expose() == expect.tokenAwsCli)
    #expect(AWSTime.seconds(expect.expirationTimestamp) == token.reported)
  }

  @Test(arguments: try TokenVectorTests.vectors())
  func `the signing key is that of the day, region and service`(vector: Vector) throws {
    let seconds = try #require(AWSTime.seconds(vector.input.time))
    let scope = try #require(
      SignatureV4.Scope(at: seconds, region: vector.expect.signingRegion, service: "sts")
    )
    let key = SignatureV4.signingKey(scope, secret: HiddenText(vector.input.secretAccessKey))
    let hex = key.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(hex == vector.expect.signingKeyHex)
  }
}
