// SPDX-License-Identifier: Apache-2.0

import ReadyCredential

/// A token for an EKS cluster: a signed request for GetCallerIdentity, which the cluster sends to STS.
///
/// Source: aws-iam-authenticator, `pkg/token/token.go`; the order of the query is that of `aws eks get-token`.
package struct ClusterToken: Sendable {
  /// The longest token that a cluster takes, in bytes (`maxTokenLenBytes` of aws-iam-authenticator).
  package static let maximumLength = 4096
  /// How long after it is signed STS takes it, in seconds (`presignedURLExpiration` of aws-iam-authenticator).
  package static let lifetime: Int64 = 15 * 60
  /// How long after it is signed client-go may keep it, in seconds.
  package static let reportedLifetime: Int64 = 14 * 60

  /// What goes to the API server.
  package let token: HiddenText
  /// When it ends, seconds since 1970: 15 minutes after it was signed, or with the credentials if that comes first.
  package let expiration: Int64
  /// Until when client-go may keep it, seconds since 1970: 14 minutes, or the end of the credentials if that comes
  /// first.
  ///
  /// `aws eks get-token` reports 14 minutes even where the credentials end before that.
  package let reported: Int64
  /// The signature over it.
  package let signature: SignatureV4
  /// The signed URL; as secret as the token.
  package let url: HiddenText

  /// Signs a token.
  ///
  /// - Parameters:
  ///   - cluster: the cluster's name, or the id of a local cluster on Outposts.
  ///   - credentials: whose identity the cluster is to see.
  ///   - endpoint: the host that the cluster is to ask.
  ///   - seconds: the clock, seconds since 1970. Nil is given for one outside the years 1 to 9999.
  package init?(
    cluster: String,
    credentials: AWSCredentials,
    endpoint: STSEndpoint,
    at seconds: Int64
  ) {
    guard let time = CivilTime(unixSeconds: seconds) else { return nil }
    let scope = SignatureV4.Scope(time: time, region: endpoint.signingRegion, service: "sts")
    let credential = PercentEncoding.encode(credentials.accessKeyID + "/" + scope.text)
    var query = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256"
    query += "&X-Amz-Credential=" + credential + "&X-Amz-Date=" + time.basic
    query += "&X-Amz-Expires=60"
    let headers = "&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id"
    let session =
      credentials.sessionToken.map {
        "&X-Amz-Security-Token=" + PercentEncoding.encode($0.expose())
      } ?? ""
    // Signed in the order of names, sent in the order of the AWS CLI.
    signature = SignatureV4(
      canonicalRequest: "GET\n/\n" + query + session + headers + "\nhost:" + endpoint.host
        + "\nx-k8s-aws-id:" + Self.headerValue(cluster) + "\n\nhost;x-k8s-aws-id\n"
        + SignatureV4.emptyBodyHash,
      scope: scope,
      secret: credentials.secretAccessKey
    )
    let signed = query + headers + session + "&X-Amz-Signature=" + signature.hex
    let address = "https://" + endpoint.host + "/?" + signed
    url = HiddenText(address)
    token = HiddenText("k8s-aws-v1." + PercentEncoding.base64URL(address))
    expiration = min(seconds + Self.lifetime, credentials.expiration ?? .max)
    reported = min(seconds + Self.reportedLifetime, credentials.expiration ?? .max)
  }

  /// The length of the token in bytes; above ``maximumLength`` no cluster takes it.
  package var length: Int { token.expose().utf8.count }

  /// A header's value as it is signed: no white space around it, and one space for each run of it inside.
  static func headerValue(_ text: String) -> String {
    text.utf8.split { $0 == 32 || (9...13).contains($0) }
      .map { String(decoding: Array($0), as: UTF8.self) }
      .joined(separator: " ")
  }
}
