// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// kubectl, lanyard, a sign-in at AWS, and a cluster that takes the token.
@Suite(.enabled(if: ProcessRunner.find("kubectl") != nil, "there is no kubectl"))
struct SignInKubectlTests {
  @Test(arguments: [
    ("dev", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev/me"),
    ("other", "arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_Dev/me"),
    ("me", "arn:aws:iam::111122223333:user/me"),
  ])
  func `the cluster sees who signed in`(profile: String, arn: String) async throws {
    try await SignInDesk.with(cloud: true) { aws in
      try aws.signIn(for: -10)
      try await aws.signInAtConsole(for: -10)
      let path = "\(aws.desk.folder)/cluster"
      let words = [
        "get-token", "eks", "--cluster-name", AWSCloud.cluster, "--region", AWSCloud.region,
        "--profile", profile,
      ]
      let user = LabKubeconfig.User.exec(command: try Programs.lanyard, arguments: words)
      try LabKubeconfig(aws.desk.lab, user: user).write(to: path)
      let result = try await ProcessRunner.run(
        ["kubectl", "--kubeconfig", path, "get", "pods"],
        environment: aws.desk.environment.merging(aws.variables) { $1 }
      )
      #expect(result.status == 0, "\(result.errors)")
      #expect(aws.desk.lab.log().last { $0.kind == .apiRequest }?.user == arn)
    }
  }
}
