// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Testing

@Suite struct EKSOptionsTests {
  @Test(arguments: [
    ["--cluster-name", "c", "--role", "r", "--external-id", "e", "--session-name", "s"],
    ["--cluster-id=c", "--role-arn=r", "-e", "e", "-s", "s"],
    ["-i", "c", "-r", "r", "-e", "e", "-s", "s"],
  ])
  func `the spellings of aws and of aws-iam-authenticator mean the same`(words: [String]) throws {
    let options = try EKSOptions.parse(words)
    #expect((options.clusterName ?? options.clusterID) == "c")
    #expect(options.roleARN == "r")
    #expect(options.externalID == "e")
    #expect(options.sessionName == "s")
  }

  @Test func `what aws eks update-kubeconfig writes behind get-token is taken as it is`() throws {
    let options = try EKSOptions.parse([
      "--region", "us-west-2", "--cluster-name", "c", "--output", "json", "--role", "r",
    ])
    #expect(options.region == "us-west-2")
    #expect(options.clusterName == "c")
    #expect(options.roleARN == "r")
  }

  @Test func `everything else`() throws {
    let options = try EKSOptions.parse([
      "--cluster-name", "c", "--region", "eu-west-1", "--profile", "p", "--sts-regional-endpoints",
      "legacy", "--use-fips-endpoint", "--use-dualstack-endpoint",
    ])
    #expect(options.region == "eu-west-1")
    #expect(options.profile == "p")
    #expect(options.stsRegionalEndpoints == .legacy)
    #expect(options.useFipsEndpoint)
    #expect(options.useDualstackEndpoint)
  }

  @Test(arguments: [
    [], ["--cluster-name", "a", "--cluster-id", "b"], ["--cluster-name", ""],
    ["--cluster-name", "c", "--external-id", "e"], ["--cluster-name", "c", "--session-name", "s"],
    ["--cluster-name", "c", "--sts-regional-endpoints", "global"],
    ["--cluster-name", "c", "--output", "text"], ["--cluster-name", "c", "--output", ""],
  ])
  func `what contradicts itself or would do nothing is refused`(words: [String]) {
    #expect(throws: (any Error).self) { try EKSOptions.parse(words) }
  }
}
