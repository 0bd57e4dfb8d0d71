// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import HTTPTypes
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// AWS's Security Token Service, where roles are assumed.
struct STSService: Sendable {
  /// Where requests go.
  let url: String
  /// What stands in the `Host` field, as it is signed.
  let host: String
  let path: String
  let signingRegion: String
  /// Who stands behind it: AWS whatever the region, or a host that somebody put in its place.
  let realm: String
  let effects: CloudEffects

  /// The credentials of a role, assumed with others.
  func credentials(
    of role: AssumedRole,
    assumedWith signer: AWSCredentials,
    code: Secret?
  ) async throws(CloudError) -> AWSCredentials {
    let form = role.form(sessionName: sessionName, code: code?.expose())
    let body = Self.body(form)
    let seconds = Int64(effects.now().timeIntervalSince1970.rounded(.down))
    guard let scope = SignatureV4.Scope(at: seconds, region: signingRegion, service: "sts") else {
      throw CloudError(
        .configuration,
        "the clock is set to no date that can be signed",
        remedy: "set it"
      )
    }
    let signed = SignatureV4.formHeaders(
      host: host,
      path: path,
      body: body,
      scope: scope,
      credentials: signer
    )
    var headers = HTTPFields()
    for (name, value) in signed {
      if let name = HTTPField.Name(name) { headers[name] = value.expose() }
    }
    let call = HTTPCall(method: .post, url: url, headers: headers, body: body)
    return try await answer(
      to: call,
      "AssumeRole",
      role: role.arn,
      signer: "access key \(signer.accessKeyID)"
    )
  }

  /// The credentials of a role, assumed with a token; such a request is not signed.
  func credentials(
    of role: WebIdentityRole,
    token: Secret
  ) async throws(CloudError) -> AWSCredentials {
    let call = HTTPCall(
      method: .post,
      url: url,
      headers: [.contentType: "application/x-www-form-urlencoded; charset=utf-8"],
      body: Self.body(role.form(sessionName: sessionName, token: token.expose()))
    )
    return try await answer(
      to: call,
      "AssumeRoleWithWebIdentity",
      role: role.arn,
      signer: "the token in \(role.tokenFile)"
    )
  }

  /// The name of a session that nobody named; the time tells sessions apart in CloudTrail.
  private var sessionName: String {
    "lanyard-session-\(Int64(effects.now().timeIntervalSince1970.rounded(.down)))"
  }

  static func body(_ form: [(String, String)]) -> [UInt8] {
    let text = form.map { PercentEncoding.encode($0.0) + "=" + PercentEncoding.encode($0.1) }
    return Array(text.joined(separator: "&").utf8)
  }

  /// Sends a request, and once more after a second if the service cannot answer for now.
  private func answer(
    to call: HTTPCall,
    _ action: String,
    role: String,
    signer: String
  ) async throws(CloudError) -> AWSCredentials {
    effects.trace("asking \(host) for the credentials of \(role)")
    let first: STSRefusal
    switch try await outcome(of: call, action) {
    case .success(let credentials): return credentials
    case .failure(let refusal): first = refusal
    }
    guard first.isTemporary else { throw first.error(assuming: role, with: signer) }
    effects.trace("\(host) answers \(first.words); asking once more")
    do {
      try await effects.pause(1)
    } catch {
      throw CloudError(.failed, "interrupted", remedy: "try again", cause: error)
    }
    switch try await outcome(of: call, action) {
    case .success(let credentials): return credentials
    case .failure(let refusal): throw refusal.error(assuming: role, with: signer)
    }
  }

  private func outcome(
    of call: HTTPCall,
    _ action: String
  ) async throws(CloudError) -> Result<AWSCredentials, STSRefusal> {
    let answer: HTTPAnswer
    do {
      answer = try await effects.send(TransportTrust(authorities: []), call)
    } catch {
      throw CloudError(error, fetching: "the role's credentials", from: host)
    }
    guard answer.status == 200 else {
      return .failure(STSRefusal(status: answer.status, body: answer.body))
    }
    guard let credentials = STSAnswer.credentials(in: answer.body, of: action) else {
      throw CloudError(
        .failed,
        "\(host) answers \(action) with something other than credentials",
        remedy: "check that \(host) is AWS STS, and not a proxy's page"
      )
    }
    return .success(credentials)
  }
}
