// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A desk whose lab plays AWS, with the files of the AWS tools.
struct AWSDesk: Sendable {
  let desk: Desk
  let aws: AWSCloud

  /// Sets one up.
  static func with(_ body: (AWSDesk) async throws -> Void) async throws {
    try await Desk.with({ $0.aws = true }) { desk in
      let aws = try #require(desk.lab.aws)
      try PrivateFile.makeFolder("\(desk.folder)/home/.aws")
      // By itself the lab is nobody's STS.
      try desk.allow(["aws-other-hosts"])
      try await body(AWSDesk(desk: desk, aws: aws))
    }
  }

  /// The words that ask for a token of the lab's cluster.
  static let getToken = [
    "get-token", "eks", "--cluster-name", AWSCloud.cluster, "--region", AWSCloud.region,
  ]

  /// The keys of a user as lines of a profile.
  static let keys =
    "aws_access_key_id = \(AWSCloud.accessKey)\naws_secret_access_key = \(AWSCloud.secret)\n"

  /// The keys of a user as variables.
  static let keyVariables = [
    "AWS_ACCESS_KEY_ID": AWSCloud.accessKey, "AWS_SECRET_ACCESS_KEY": AWSCloud.secret,
  ]

  /// Where the lab plays STS.
  var sts: [String: String] { ["AWS_ENDPOINT_URL_STS": "\(desk.lab.issuer)/aws/sts"] }

  /// Writes `~/.aws/config` or another file there.
  func write(_ text: String, to name: String = "config") throws {
    var folder = "\(desk.folder)/home/.aws"
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      try PrivateFile.makeFolder(folder)
    }
    let path = "\(desk.folder)/home/.aws/\(name)"
    try PrivateFile.write(text, to: path)
  }

  /// Runs `get-token eks` in an account of its own, with the lab's STS and no metadata service.
  func getToken(_ more: [String] = [], _ variables: [String: String] = [:]) async throws -> Outcome
  {
    try await desk.lanyard(Self.getToken + more, surroundings(variables))
  }

  /// The variables of every run.
  func surroundings(_ variables: [String: String] = [:]) throws -> [String: String] {
    try desk.account().merging(sts) { $1 }.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
      .merging(variables) { $1 }
  }

  /// The ARN that the cluster sees a token as.
  func user(of outcome: Outcome) throws -> String {
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(aws.user(of: try outcome.token), "the cluster refuses the token")
  }

  /// The actions that STS was asked for.
  var actions: [String] {
    aws.requests.compactMap { FormFields(decoding: $0.body)["Action"] }
  }
}
