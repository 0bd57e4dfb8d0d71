// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A desk with the files of the AWS tools, and AWS's sign-in services beside it.
struct SignInDesk: Sendable {
  static let startURL = "https://d-1.awsapps.com/start"
  /// The SHA-1 of `corp`, and the SHA-256 of the console's session.
  static let tokenPath = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
  static let sessionPath =
    ".aws/login/cache/6eeec053fe13079aaf7fd81065ec5ecbdb93674f20700e51842d0c769b240c8a.json"

  let desk: Desk
  let service: RunningAWSSignIn
  /// What the programs get beside the desk's own variables.
  let variables: [String: String]

  /// A desk whose `~/.aws/config` has profiles of both kinds.
  ///
  /// `cloud`: the lab plays the rest of AWS too, and its API server takes tokens of EKS.
  static func with(
    cloud: Bool = false,
    _ body: (SignInDesk) async throws -> Void
  ) async throws {
    try await Desk.with { options in
      options.awsSignIn = true
      options.aws = cloud
    } _: { desk in
      let service = try #require(desk.lab.awsSignIn)
      var variables = try desk.account().merging(service.variables) { $1 }
      variables["KUBECONFIG"] = "\(desk.folder)/kubeconfig"
      let aws = SignInDesk(desk: desk, service: service, variables: variables)
      try aws.write(config, to: ".aws/config")
      try PrivateFile.write(kubeconfig, to: "\(desk.folder)/kubeconfig")
      try desk.allow(["aws-other-hosts"])
      try await body(aws)
    }
  }

  private static let config = """
    [sso-session corp]
    sso_start_url = \(startURL)
    sso_region = us-east-1

    [profile dev]
    sso_session = corp
    sso_account_id = 111122223333
    sso_role_name = Dev
    region = eu-west-1

    [profile other]
    sso_session = corp
    sso_account_id = 444455556666
    sso_role_name = Dev
    region = eu-west-1

    [profile none]
    sso_session = corp
    sso_account_id = 111122223333
    sso_role_name = Admin
    region = eu-west-1

    [profile me]
    login_session = arn:aws:iam::111122223333:user/me
    region = eu-west-1
    """

  private static var kubeconfig: String {
    let users = ["dev", "other", "none", "me"].map { profile in
      let words = getToken(profile).map { "\"\($0)\"" }.joined(separator: ", ")
      return """
        - name: \(profile)
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: lanyard
              interactiveMode: IfAvailable
              args: [\(words)]
        """
    }
    let contexts = ["dev", "other", "none", "me", "gke"].map {
      "- {name: \($0), context: {cluster: c, user: \($0)}}"
    }
    return """
      apiVersion: v1
      kind: Config
      current-context: dev
      clusters:
      - {name: c, cluster: {server: "https://127.0.0.1:1"}}
      contexts:
      \(contexts.joined(separator: "\n"))
      users:
      \(users.joined(separator: "\n"))
      - name: gke
        user:
          exec:
            apiVersion: client.authentication.k8s.io/v1
            command: lanyard
            interactiveMode: IfAvailable
            args: [get-token, gke]

      """
  }

  /// The words of `get-token eks` with a profile.
  static func getToken(_ profile: String) -> [String] {
    ["get-token", "eks", "--cluster-name", "c", "--profile", profile]
  }

  /// Runs `get-token eks` with a profile.
  func token(_ profile: String = "dev") async throws -> Outcome {
    try await desk.lanyard(Self.getToken(profile), variables)
  }

  /// Writes a file of the home folder.
  func write(_ text: String, to path: String) throws {
    let whole = "\(desk.folder)/home/\(path)"
    var folder = "\(desk.folder)/home"
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      try? PrivateFile.makeFolder(folder)
    }
    try PrivateFile.write(text, to: whole)
  }

  /// A JSON file of the home folder.
  func members(_ path: String) throws -> [String: JSONValue] {
    let text = try PrivateFile.read("\(desk.folder)/home/\(path)")
    return try #require(try JSONValue.parse(text).object)
  }

  /// Whether a file of the home folder is there.
  func has(_ path: String) -> Bool {
    (try? PrivateFile.read("\(desk.folder)/home/\(path)")) != nil
  }

  /// Signs in at IAM Identity Center, as if with the AWS CLI, for so many seconds.
  func signIn(for seconds: Double, more: [String: JSONValue] = [:]) throws {
    let text = service.identityCenterFile(
      startURL: Self.startURL,
      accessLifetime: seconds,
      more: more
    )
    try write(text, to: Self.tokenPath)
  }

  /// Signs in at the console, as if with the AWS CLI, for so many seconds.
  func signInAtConsole(for seconds: Double) async throws {
    let made = try await ProcessRunner.run([
      "openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout",
    ])
    try #require(made.status == 0, "\(made.errors)")
    try #require(made.output.hasPrefix("-----BEGIN EC PRIVATE KEY-----"))
    let text = try service.consoleFile(
      keyPEM: made.output,
      accessLifetime: seconds,
      more: ["unknown": [1, "two"]]
    )
    try write(text, to: Self.sessionPath)
  }

  /// Plays the browser for a program that waits for one: opens the address that it tells.
  func browse(_ conversation: Conversation, _ path: String) async throws -> BrowserDriver.Page {
    let url = try await conversation.hears { $0.url(of: "\(service.site.url)\(path)?") }
    return try await BrowserDriver.with { browser in try await browser.open(url) }
  }
}

extension Outcome {
  /// The access key that signed the token of EKS.
  var signingKey: String {
    get throws {
      let query = try signedQuery
      return try #require(query["X-Amz-Credential"]?.split(separator: "/").first.map(String.init))
    }
  }

  /// The seconds from the signature to the end that client-go is told.
  var reportedLife: Double {
    get throws {
      let time = Array(try #require(try signedQuery["X-Amz-Date"]))
      try #require(time.count == 16)
      let day = [time[0..<4], time[4..<6], time[6..<8]].map { String($0) }.joined(separator: "-")
      let hour = [time[9..<11], time[11..<13], time[13..<15]].map { String($0) }.joined(
        separator: ":"
      )
      let end = try #require(try credential["status"]?["expirationTimestamp"]?.string)
      let start = try Date("\(day)T\(hour)Z", strategy: .iso8601)
      return try Date(end, strategy: .iso8601).timeIntervalSince(start)
    }
  }

  /// The query of the request that the token of EKS is.
  var signedQuery: FormFields {
    get throws {
      let token = try token
      try #require(token.hasPrefix("k8s-aws-v1."))
      let text = token.dropFirst(11).replacing("-", with: "+").replacing("_", with: "/")
      let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
      let url = String(decoding: try #require(Data(base64Encoded: String(padded))), as: UTF8.self)
      return FormFields(decoding: url.split(separator: "?").last ?? "")
    }
  }
}
