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
  /// The lab's kubeconfig with a user entry of docs/clouds.md in place of its own.
  private func kubeconfig(
    _ desk: AWSDesk,
    entry name: String = "eks-profile-option",
    changing: (String) -> String = { $0 }
  ) throws -> String {
    let text = try DocumentedEntry.named(name, in: "EKS").kubeconfig(desk.desk.lab) { user in
      changing(
        user.replacing("my-cluster", with: AWSCloud.cluster)
          .replacing("6d1d4e5b-3c5e-4a7b-9a0f-0f5d1c2b3a49", with: AWSCloud.cluster)
      )
    }
    let path = "\(desk.desk.folder)/kubeconfig"
    try PrivateFile.write(text, to: path)
    return path
  }

  private func pods(
    _ desk: AWSDesk,
    _ path: String,
    _ variables: [String: String] = [:],
    context: String = "lab"
  ) async throws -> Outcome {
    let result = try await ProcessRunner.run(
      ["kubectl", "--kubeconfig", path, "--context", context, "get", "pods"],
      environment: desk.desk.environment.merging(try desk.surroundings(variables)) { $1 }
    )
    return Outcome(status: result.status, output: result.output, errors: result.errors)
  }

  /// Who the API server saw.
  private func user(_ desk: AWSDesk) -> String? {
    desk.desk.lab.log().last { $0.kind == .apiRequest }?.user
  }

  /// Whom the API server sees with each entry of the page.
  private static let users = [
    "eks": "arn:aws:iam::111122223333:user/me",
    "eks-profile": "arn:aws:iam::444455556666:user/you",
    "eks-profile-option": "arn:aws:iam::444455556666:user/you",
    "eks-role": "arn:aws:sts::111122223333:assumed-role/my-role/EKSGetTokenAuth",
    "eks-outposts": "arn:aws:iam::111122223333:user/me",
  ]

  @Test func `every entry of docs/clouds.md works`() async throws {
    let entries = try DocumentedEntry.all("EKS").map(\.name)
    #expect(entries.sorted() == Self.users.keys.sorted())
    try await AWSDesk.with { desk in
      desk.aws.add("AKIAOTHER", secret: "other", arn: "arn:aws:iam::444455556666:user/you")
      try desk.write(
        """
        [default]
        \(AWSDesk.keys)
        [profile my-profile]
        aws_access_key_id = AKIAOTHER
        aws_secret_access_key = other
        """
      )
      for entry in entries {
        let result = try await pods(desk, try kubeconfig(desk, entry: entry))
        #expect(result.status == 0, "\(entry): \(result.errors)")
        #expect(result.output.hasPrefix("NAME"))
        #expect(user(desk) == Self.users[entry], "\(entry)")
      }
      #expect(desk.actions == ["AssumeRole"])
    }
  }

  @Test func `with AWS_PROFILE in the entry, keys in the environment win`() async throws {
    try await AWSDesk.with { desk in
      try desk.write("[profile my-profile]\naws_access_key_id = A\naws_secret_access_key = s\n")
      let result = try await pods(
        desk,
        try kubeconfig(desk, entry: "eks-profile"),
        AWSDesk.keyVariables
      )
      #expect(result.status == 0, "\(result.errors)")
      #expect(user(desk) == "arn:aws:iam::111122223333:user/me")
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
      let path = try kubeconfig(desk, entry: "eks")
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

  @Test(.enabled(if: ProcessRunner.find("faketime") != nil, "there is no faketime"))
  func `a role whose keys were revoked gets new ones after the cluster has refused`() async throws {
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
      // Eleven minutes ago: what is newer than ten is not given up for one refusal.
      let words = AWSDesk.getToken + ["--profile", "my-profile"]
      let variables = desk.desk.environment.merging(try desk.surroundings()) { $1 }
        .merging(["KUBERNETES_EXEC_INFO": AWSExchangeTests.info]) { $1 }
      let first = try await ProcessRunner.run(
        ["faketime", "--exclude-monotonic", "-f", "-11m", "\(try Programs.lanyard)-full"] + words,
        environment: variables
      )
      #expect(first.status == 0, "\(first.errors)")
      let old = Outcome(status: first.status, output: first.output, errors: first.errors)
      desk.aws.remove(try old.signingKey)
      #expect(try await pods(desk, try kubeconfig(desk)).status != 0)
      #expect(desk.desk.lab.log().contains { $0.kind == .apiRequest && $0.status == 401 })
      // A client that goes on after a 401, as a watch does: it asks again, some seconds after it was served.
      let client = try await ProcessRunner.run(
        ["sh", "-c", "\"$@\"; sleep 2.2; \"$@\"; :", "sh", try Programs.lanyard] + words,
        environment: variables
      )
      let users = client.output.split(separator: "\n").map { line in
        let answer = Outcome(status: 0, output: String(line), errors: client.errors)
        return (try? answer.token).flatMap { desk.aws.user(of: $0) }
      }
      #expect(users.count == 2 && users[0] == nil, "\(client.errors)")
      #expect(users.last??.contains("assumed-role/dev/") == true, "\(client.errors)")
      #expect(desk.actions == ["AssumeRole", "AssumeRole"])
    }
  }

  @Test func `two contexts of one kubeconfig are two identities`() async throws {
    try await AWSDesk.with { desk in
      try desk.write(
        """
        [profile a]
        role_arn = arn:aws:iam::111122223333:role/dev
        source_profile = base
        role_session_name = a
        [profile b]
        role_arn = arn:aws:iam::111122223333:role/dev
        source_profile = base
        role_session_name = b
        [profile base]
        \(AWSDesk.keys)
        """
      )
      let path = "\(desk.desk.folder)/kubeconfig"
      try PrivateFile.write(contexts(desk, of: ["a", "b"]), to: path)
      var users: [String] = []
      for context in ["a", "b", "a"] {
        let result = try await pods(desk, path, context: context)
        #expect(result.status == 0, "\(result.errors)")
        users.append(user(desk)?.split(separator: "/").last.map(String.init) ?? "")
      }
      #expect(users == ["a", "b", "a"])
      #expect(desk.actions == ["AssumeRole", "AssumeRole"])
    }
  }

  /// A kubeconfig with a context, and a user of the same name, for each profile.
  private func contexts(_ desk: AWSDesk, of profiles: [String]) throws -> String {
    var text = LabKubeconfig(desk.desk.lab, user: .token("none")).text
    for name in profiles {
      text = text.replacing(
        "contexts:\n",
        with: "contexts:\n- {name: \(name), context: {cluster: lab, user: \(name)}}\n"
      )
      let words = (AWSDesk.getToken + ["--profile", name]).joined(separator: ", ")
      text += """
        - name: \(name)
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: \(try Programs.lanyard)
              args: [\(words)]
              interactiveMode: IfAvailable

        """
    }
    return text
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
