// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// kubectl, with the entry that replaces the one of `aws eks update-kubeconfig`.
@Suite(.enabled(if: ProcessRunner.find("kubectl") != nil, "there is no kubectl"))
struct EKSKubectlTests {
  /// The lab's kubeconfig with the user entry of docs/clouds.md in place of its own.
  private func kubeconfig(_ desk: AWSDesk, changing: (String) -> String = { $0 }) throws -> String {
    let page = try PrivateFile.read("\(Programs.repository)/docs/clouds.md")
    let section = try #require(page.split(separator: "\n## EKS\n").last)
    let blocks = section.split(separator: "```").filter { $0.hasPrefix("yaml\n") }
    // The first is what the AWS CLI writes, the second what replaces it.
    try #require(blocks.count >= 2)
    let lines = blocks[1].split(separator: "\n").dropFirst()
    let start = try #require(lines.firstIndex { $0 == "  user:" })
    let user = lines[(start + 1)...].joined(separator: "\n")
      .replacing("command: lanyard", with: "command: \(try Programs.lanyard)")
      .replacing("my-cluster", with: AWSCloud.cluster)
    let path = "\(desk.desk.folder)/kubeconfig"
    let text = LabKubeconfig(desk.desk.lab, user: .token("none")).text
    try PrivateFile.write(
      text.replacing("    token: \"none\"", with: changing(user)),
      to: path
    )
    return path
  }

  private func pods(
    _ desk: AWSDesk,
    _ path: String,
    _ variables: [String: String] = [:]
  ) async throws -> Outcome {
    let result = try await ProcessRunner.run(
      ["kubectl", "--kubeconfig", path, "get", "pods"],
      environment: desk.desk.environment.merging(try desk.surroundings(variables)) { $1 }
    )
    return Outcome(status: result.status, output: result.output, errors: result.errors)
  }

  /// Who the API server saw.
  private func user(_ desk: AWSDesk) -> String? {
    desk.desk.lab.log().last { $0.kind == .apiRequest }?.user
  }

  @Test func `the entry of docs/clouds.md works with a profile's keys`() async throws {
    try await AWSDesk.with { desk in
      try desk.write("[profile my-profile]\nregion = us-west-2\n\(AWSDesk.keys)")
      let result = try await pods(desk, try kubeconfig(desk))
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.hasPrefix("NAME"))
      #expect(user(desk) == "arn:aws:iam::111122223333:user/me")
      #expect(desk.aws.requests.isEmpty)
    }
  }

  @Test func `the same entry works with a profile that assumes a role`() async throws {
    try await AWSDesk.with { desk in
      try desk.write(
        """
        [profile my-profile]
        role_arn = arn:aws:iam::111122223333:role/dev
        source_profile = base
        [profile base]
        \(AWSDesk.keys)
        """
      )
      let path = try kubeconfig(desk)
      for _ in 0..<2 {
        let result = try await pods(desk, path)
        #expect(result.status == 0, "\(result.errors)")
      }
      #expect(
        user(desk)?.hasPrefix("arn:aws:sts::111122223333:assumed-role/dev/lanyard-session-") == true
      )
      #expect(desk.actions == ["AssumeRole"])
    }
  }

  @Test func `credentials come from a web identity, a container, an instance`() async throws {
    try await AWSDesk.with { desk in
      try PrivateFile.write("eyJ.a.b\n", to: "\(desk.desk.folder)/token")
      let base = "\(desk.desk.lab.issuer)/aws"
      let sources: [(variables: [String: String], arn: String)] = [
        (
          [
            "AWS_WEB_IDENTITY_TOKEN_FILE": "\(desk.desk.folder)/token",
            "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/irsa", "AWS_ROLE_SESSION_NAME": "pod",
          ], "arn:aws:sts::111122223333:assumed-role/irsa/pod"
        ),
        (
          [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(base)/container/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": AWSCloud.containerToken,
          ], "arn:aws:sts::111122223333:assumed-role/pod/eks-lab-pod"
        ),
        (
          ["AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "\(base)/imds"],
          "arn:aws:sts::111122223333:assumed-role/myrole/i-0123456789abcdef0"
        ),
      ]
      let path = try kubeconfig(desk) { user in
        let lines = user.split(separator: "\n", omittingEmptySubsequences: false)
        let end = lines.firstIndex { $0.contains("- --profile") } ?? lines.endIndex
        return (lines[..<end] + lines[end...].dropFirst(2)).joined(separator: "\n")
      }
      for (variables, arn) in sources {
        let result = try await pods(desk, path, variables)
        #expect(result.status == 0, "\(result.errors)")
        #expect(user(desk) == arn)
      }
    }
  }

  @Test func `two contexts with two accounts are two users`() async throws {
    try await AWSDesk.with { desk in
      desk.aws.add("AKIAOTHER", secret: "other", arn: "arn:aws:iam::444455556666:user/you")
      try desk.write(
        """
        [profile my-profile]
        role_arn = arn:aws:iam::111122223333:role/dev
        source_profile = one
        role_session_name = one
        [profile theirs]
        role_arn = arn:aws:iam::111122223333:role/dev
        source_profile = two
        role_session_name = one
        [profile one]
        \(AWSDesk.keys)
        [profile two]
        aws_access_key_id = AKIAOTHER
        aws_secret_access_key = other
        """
      )
      let mine = try kubeconfig(desk)
      #expect(try await pods(desk, mine).status == 0)
      let theirs = try kubeconfig(desk) { $0.replacing("my-profile", with: "theirs") }
      #expect(try await pods(desk, theirs).status == 0)
      let signers = desk.aws.requests.compactMap { $0.headers["authorization"] }
        .map { $0.contains("Credential=AKIAOTHER/") }
      #expect(signers == [false, true])
    }
  }

  @Test func `a token that the cluster refuses is made again after the key was replaced`()
    async throws
  {
    try await AWSDesk.with { desk in
      let path = try kubeconfig(desk)
      try desk.write("[profile my-profile]\n\(AWSDesk.keys)")
      #expect(try await pods(desk, path).status == 0)
      desk.aws.remove(AWSCloud.accessKey)
      let refused = try await pods(desk, path)
      #expect(refused.status != 0)
      desk.aws.add("AKIANEW", secret: "new", arn: "arn:aws:iam::111122223333:user/me")
      try desk.write(
        "[profile my-profile]\naws_access_key_id = AKIANEW\naws_secret_access_key = new\n"
      )
      #expect(try await pods(desk, path).status == 0)
    }
  }
}
