// SPDX-License-Identifier: Apache-2.0

/// Keys that stand as they are in the environment or in a file.
package enum StaticKeys {
  /// Why such keys cannot be used.
  package enum Fault: Error, Sendable, Equatable {
    /// The access key is there without what it needs; with the name of what is missing.
    case incomplete(missing: String)
    /// One of the values is nothing that AWS gives out.
    case malformed
    /// `AWS_CREDENTIAL_EXPIRATION` is no time that can be read.
    case unreadableExpiration
  }

  /// The keys of the environment; nil if `AWS_ACCESS_KEY_ID` is not there.
  ///
  /// Source: botocore's `EnvProvider`; `AWS_SECURITY_TOKEN` is the old name of `AWS_SESSION_TOKEN` and comes first.
  /// Throws ``Fault``.
  package static func of(_ environment: AWSEnvironment) throws(Fault) -> AWSCredentials? {
    guard let id = environment.variable("AWS_ACCESS_KEY_ID") else { return nil }
    guard let secret = environment.variable("AWS_SECRET_ACCESS_KEY") else {
      throw .incomplete(missing: "AWS_SECRET_ACCESS_KEY")
    }
    var expiration: Int64?
    if let text = environment.variable("AWS_CREDENTIAL_EXPIRATION") {
      expiration = AWSTime.seconds(text)
      if expiration == nil { throw .unreadableExpiration }
    }
    let token =
      environment.variable("AWS_SECURITY_TOKEN") ?? environment.variable("AWS_SESSION_TOKEN")
    return try made(id, secret, token, expiration)
  }

  /// The keys of a profile; nil if it has no `aws_access_key_id`.
  ///
  /// Source: botocore's `SharedCredentialProvider` and `ConfigProvider`. Throws ``Fault``.
  package static func of(_ profile: AWSProfile) throws(Fault) -> AWSCredentials? {
    guard let id = profile["aws_access_key_id"] else { return nil }
    guard let secret = profile["aws_secret_access_key"] else {
      throw .incomplete(missing: "aws_secret_access_key")
    }
    return try made(id, secret, profile["aws_security_token"] ?? profile["aws_session_token"], nil)
  }

  private static func made(
    _ id: String,
    _ secret: String,
    _ token: String?,
    _ expiration: Int64?
  ) throws(Fault) -> AWSCredentials {
    let keys = AWSCredentials(
      accessKeyID: id,
      secretAccessKey: secret,
      sessionToken: token,
      expiration: expiration
    )
    guard let keys else { throw .malformed }
    return keys
  }
}
