// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AWSCloud {
  // MARK: STS

  /// AssumeRole for signed requests, AssumeRoleWithWebIdentity for unsigned ones.
  func sts(_ request: Request, _ body: String) -> Response {
    let refusal = state.withLock { $0.refusals.isEmpty ? nil : $0.refusals.removeFirst() }
    if let refusal { return refusal.response }
    let fields = FormFields(decoding: body)
    guard let role = fields["RoleArn"], let session = fields["RoleSessionName"] else {
      return refuse("ValidationError", "RoleArn and RoleSessionName are required", 400)
    }
    switch fields["Action"] {
    case "AssumeRole":
      let check = AWSSignatureCheck(cloud: self)
      if let fault = check.fault(of: request, body: body) { return fault.response }
      if let fault = deviceFault(role, fields) { return fault.response }
    case "AssumeRoleWithWebIdentity":
      guard fields["WebIdentityToken"]?.split(separator: ".").count == 3 else {
        return refuse("InvalidIdentityToken", "The ID Token provided is not a valid JWT", 400)
      }
    default: return refuse("InvalidAction", "no such action", 400)
    }
    return credentials(fields["Action"] ?? "", role: role, session: session)
  }

  private func refuse(_ code: String, _ message: String, _ status: Int = 403) -> Response {
    AWSRefusalAnswer(status: status, code: code, message: message).response
  }

  /// What is wrong with the MFA code of a role that takes one.
  private func deviceFault(_ role: String, _ fields: FormFields) -> AWSRefusalAnswer? {
    let denied = { (message: String) in
      AWSRefusalAnswer(status: 403, code: "AccessDenied", message: message)
    }
    return state.withLock { state -> AWSRefusalAnswer? in
      guard let device = state.devices[role] else { return nil }
      guard fields["SerialNumber"] == device, let code = fields["TokenCode"] else {
        return denied("User is not authorized to perform: sts:AssumeRole on resource: \(role)")
      }
      guard state.spentCodes.insert(code).inserted else {
        return denied("MultiFactorAuthentication failed with invalid MFA one time pass code.")
      }
      return nil
    }
  }

  private func credentials(_ action: String, role: String, session: String) -> Response {
    // arn:aws:iam::111122223333:role/path/name is seen as arn:aws:sts::111122223333:assumed-role/name/session
    let parts = role.split(separator: ":", omittingEmptySubsequences: false)
    let account = parts.count > 4 ? parts[4] : ""
    let name = role.split(separator: "/").last ?? ""
    let arn = "arn:aws:sts::\(account):assumed-role/\(name)/\(session)"
    let (id, keys) = issue(arn)
    let text = """
      <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result>
        <AssumedRoleUser><AssumedRoleId>AROA:\(session)</AssumedRoleId><Arn>\(arn)</Arn></AssumedRoleUser>
        <Credentials>
          <AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>\(keys.secret)</SecretAccessKey>
          <SessionToken>\(keys.sessionToken ?? "")</SessionToken>
          <Expiration>\(Self.text(keys.end))</Expiration>
        </Credentials>
      </\(action)Result></\(action)Response>
      """
    return .text(text, type: "text/xml")
  }

  // MARK: metadata services

  /// The instance metadata service, version 2; version 1 where tokens are switched off.
  func instance(_ request: Request, _ path: String) -> Response {
    let status = state.withLock(\.tokenStatus)
    if path == "/latest/api/token" {
      guard request.method == .put, status == 200 else {
        return .text("", type: "text/plain", status: .init(code: status == 200 ? 405 : status))
      }
      return .text("IMDSTOKEN", type: "text/plain")
    }
    let token = HTTPField.Name("x-aws-ec2-metadata-token").flatMap { request.headers[$0] }
    guard status != 200 || token == "IMDSTOKEN" else {
      return .text("", type: "text/plain", status: .unauthorized)
    }
    switch path {
    case "/latest/meta-data/placement/availability-zone/":
      return .text(Self.region + "a", type: "text/plain")
    case "/latest/meta-data/iam/security-credentials/": return .text("myrole", type: "text/plain")
    case "/latest/meta-data/iam/security-credentials/myrole":
      var document = metadata("arn:aws:sts::111122223333:assumed-role/myrole/i-0123456789abcdef0")
      document["Code"] = "Success"
      document["Type"] = "AWS-HMAC"
      return .json(.object(document))
    default: return .nothingHere
    }
  }

  /// The credentials service of a container.
  func container(_ request: Request) -> Response {
    guard request.method == .get, request.headers[.authorization] == Self.containerToken else {
      return .json(["message": "not authorized"], status: .unauthorized)
    }
    return .json(.object(metadata("arn:aws:sts::111122223333:assumed-role/pod/eks-lab-pod")))
  }

  private func metadata(_ arn: String) -> [String: JSONValue] {
    let (id, keys) = issue(arn)
    return [
      "AccessKeyId": .string(id), "SecretAccessKey": .string(keys.secret),
      "Token": .string(keys.sessionToken ?? ""), "Expiration": .string(Self.text(keys.end)),
    ]
  }
}
