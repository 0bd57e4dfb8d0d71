// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import HTTPTypes
import OAuth

/// The instance metadata service of AWS, as an external account names it.
struct AWSMetadata: Sendable {
  /// Seconds that the session token is asked for: for two requests.
  private static let sessionLife = "300"

  let source: AWSSource
  let effects: CloudEffects
  let origin: Origin

  /// Throws `.configuration` unless every address is the service's own, or loopback: what comes from there signs.
  func checkAddresses() throws(CloudError) {
    let addresses = [
      ("region_url", source.regionURL), ("url", source.credentialsURL),
      ("imdsv2_session_token_url", source.sessionTokenURL),
    ]
    for (name, text) in addresses {
      guard let text else { continue }
      guard let address = try? WebAddress(text), !address.isHTTPS,
        address.isLoopback || ["169.254.169.254", "fd00:ec2::254"].contains(address.host)
      else { throw origin.wrong("its \(name) is not the instance metadata service of AWS") }
    }
  }

  /// The region: the zone without its letter.
  func region() async throws(CloudError) -> String {
    guard let url = source.regionURL else {
      throw origin.wrong("neither AWS_REGION nor its region_url says a region")
    }
    let zone = try await text(url, "the region")
    return String(zone.dropLast())
  }

  /// The keys of the instance's role.
  func credentials() async throws(CloudError) -> AWSCredentials {
    guard let url = source.credentialsURL else {
      throw origin.wrong("neither AWS_ACCESS_KEY_ID nor its url gives keys of AWS")
    }
    let role = try await text(url, "the role")
    guard !role.isEmpty, role.utf8.count <= 128, role.utf8.allSatisfy(Self.isRoleCharacter) else {
      throw origin.wrong("the instance metadata service names no role")
    }
    let separator = url.hasSuffix("/") ? "" : "/"
    let document = try await text("\(url)\(separator)\(role)", "the keys of its role")
    guard let json = try? StrictJSON(parsing: Array(document.utf8)),
      let id = json["AccessKeyId"]?.string, let secret = json["SecretAccessKey"]?.string,
      let credentials = AWSCredentials(
        accessKeyID: id,
        secretAccessKey: secret,
        sessionToken: json["Token"]?.string
      )
    else { throw origin.wrong("the instance metadata service gives no keys") }
    return credentials
  }

  private static func isRoleCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: Array("+=,.@-_".utf8).contains(byte)
    }
  }

  private func text(_ url: String, _ subject: String) async throws(CloudError) -> String {
    var headers = HTTPFields()
    if let session = try await sessionToken(), let name = HTTPField.Name("X-aws-ec2-metadata-token")
    {
      headers[name] = session
    }
    return try await answer(HTTPCall(method: .get, url: url, headers: headers), subject)
  }

  private func sessionToken() async throws(CloudError) -> String? {
    guard let url = source.sessionTokenURL,
      let name = HTTPField.Name("X-aws-ec2-metadata-token-ttl-seconds")
    else { return nil }
    let call = HTTPCall(method: .put, url: url, headers: [name: Self.sessionLife])
    let token = try await answer(call, "a session")
    guard Text.isVisibleASCII(token) else {
      throw origin.wrong("the instance metadata service gives no session")
    }
    return token
  }

  private func answer(_ call: HTTPCall, _ subject: String) async throws(CloudError) -> String {
    let answer: HTTPAnswer
    do throws(TransportFailure) {
      answer = try await effects.sendDirect(MetadataAddress.patience, call)
    } catch {
      throw CloudError(error, fetching: subject, from: "the instance metadata service of AWS")
    }
    guard answer.status == 200, answer.body.count <= SubjectToken.limit,
      let text = String(validating: answer.body, as: UTF8.self)
    else {
      throw CloudError(
        answer.status >= 500 ? .temporary : .refused,
        "the instance metadata service of AWS does not give \(subject): it answers \(answer.status)",
        remedy: "check that the instance has a role"
      )
    }
    return text
  }
}
