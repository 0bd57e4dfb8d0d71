// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A program that gives a subject token (google.aip.dev/auth/4117, "executable-sourced credentials").
struct ProgramSource: Sendable {
  static let switchVariable = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"

  let effects: CloudEffects
  let origin: Origin

  /// What the program left for the next time, if that is still good, else what it says now.
  ///
  /// Throws `.configuration` unless both the variable and the user's own configuration allow it: a kubeconfig can set
  /// the first.
  func token(_ source: ExecutableSource, _ account: ExternalAccount) async throws(CloudError)
    -> Secret
  {
    try checkAllowed()
    let now = effects.now()
    if let path = source.outputFile,
      let bytes = try? effects.readFile(path, SubjectToken.limit),
      let token = try? ProgramAnswer.token(in: bytes, needsExpiry: true, now: now, origin)
    {
      return token
    }
    let words = source.command.split(whereSeparator: \.isWhitespace).map(String.init)
    guard !words.isEmpty else { throw origin.wrong("its command is empty") }
    let call = ProgramCall(
      words,
      variables: variables(source, account),
      seconds: source.timeout
    )
    effects.trace("running \(Text.line(words[0])) for a subject token")
    let answer = try await effects.run(call)
    let bytes = Array(answer.output.expose().utf8)
    // A program that fails may say why in the same form.
    if answer.status != 0, (try? StrictJSON(parsing: bytes)) == nil {
      throw CloudError(
        .failed,
        "\(Text.line(words[0])) ended with \(answer.status): \(Text.line(answer.errors))",
        remedy: "run it by hand to see why"
      )
    }
    return try ProgramAnswer.token(
      in: bytes,
      needsExpiry: source.outputFile != nil,
      now: now,
      origin
    )
  }

  private func checkAllowed() throws(CloudError) {
    guard effects.environment[Self.switchVariable] == "1" else {
      throw CloudError(
        .configuration,
        "\(origin.place) wants to run a program",
        remedy: "if you know it, set \(Self.switchVariable)=1"
      )
    }
    guard effects.allows(.googleExecutable) else {
      throw CloudError(
        .configuration,
        "\(origin.place) wants to run a program, which a kubeconfig may not do",
        remedy:
          "if you know it, \(CloudPermission.googleExecutable.leave)"
      )
    }
  }

  private func variables(_ source: ExecutableSource, _ account: ExternalAccount) -> [String: String]
  {
    let prefix = "GOOGLE_EXTERNAL_ACCOUNT_"
    var variables = [
      "\(prefix)AUDIENCE": account.audience,
      "\(prefix)TOKEN_TYPE": account.subjectTokenType,
      "\(prefix)INTERACTIVE": "0",
      "\(prefix)REVOKE": "0",
    ]
    // As in google-auth, the account's id is the service account's address, as far as anybody knows one.
    for name in ["ID", "IMPERSONATED_EMAIL"] {
      variables["\(prefix)\(name)"] = account.impersonation?.email
    }
    variables["\(prefix)OUTPUT_FILE"] = source.outputFile
    return variables
  }
}

/// What such a program says, on its standard output and in its output file.
enum ProgramAnswer {
  /// Where a token of each type lies.
  ///
  /// What the type is to the Security Token Service the credential file says (google-auth compares the two as little).
  private static let members = [
    "urn:ietf:params:oauth:token-type:jwt": "id_token",
    "urn:ietf:params:oauth:token-type:id_token": "id_token",
    "urn:ietf:params:oauth:token-type:saml2": "saml_response",
  ]

  /// The token; throws `.refused` if it says no, `.configuration` if it says something else.
  static func token(
    in bytes: [UInt8],
    needsExpiry: Bool,
    now: Date,
    _ origin: Origin
  ) throws(CloudError) -> Secret {
    let trimmed = bytes.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D }
    guard let json = try? StrictJSON(parsing: trimmed), json["version"]?.integer == 1,
      let success = json["success"]?.bool
    else { throw origin.wrong("its program answers something else than version 1 of the form") }
    guard success else {
      let words = [json["code"]?.string, json["message"]?.string].compactMap(\.self)
      throw CloudError(
        .refused,
        "the program of \(origin.place) gives no token: \(Text.line(words.joined(separator: ": ")))",
        remedy: "run it by hand to see why"
      )
    }
    guard let member = json["token_type"]?.string.flatMap({ members[$0] }) else {
      throw origin.wrong("its program gives a token that is neither jwt, id_token nor saml2")
    }
    let expiry = json["expiration_time"]?.integer
    if needsExpiry, expiry == nil { throw origin.wrong("its program gives no expiration_time") }
    if let expiry, Double(expiry) <= now.timeIntervalSince1970 {
      throw origin.wrong("its program gives a token that has expired")
    }
    guard let token = json[member]?.string, !token.isEmpty else {
      throw origin.wrong("its program gives no \(member)")
    }
    return Secret(token)
  }
}
