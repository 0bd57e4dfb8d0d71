// SPDX-License-Identifier: Apache-2.0

/// A role that is assumed with other credentials (AssumeRole).
package struct AssumedRole: Sendable, Hashable {
  /// The role's ARN.
  package var arn: String
  /// How the session is named in the account's logs; nil: a name of our own.
  package var sessionName: String?
  /// What the role's owner agreed on with whoever assumes it.
  package var externalID: String?
  /// The serial number or ARN of the MFA device whose code is to be sent along.
  package var mfaSerial: String?
  /// How long the credentials are to last, in seconds; nil: as long as STS likes, an hour.
  package var duration: Int?

  /// Describes a role.
  package init(
    arn: String,
    sessionName: String? = nil,
    externalID: String? = nil,
    mfaSerial: String? = nil,
    duration: Int? = nil
  ) {
    self.arn = arn
    self.sessionName = sessionName
    self.externalID = externalID
    self.mfaSerial = mfaSerial
    self.duration = duration
  }

  /// Everything that decides which credentials come out, as texts of a kept identity.
  var identity: [String] {
    [
      "role", arn, sessionName ?? "", externalID ?? "", mfaSerial ?? "",
      duration.map(String.init) ?? "",
    ]
  }

  /// The form that is sent to STS, in the order in which botocore sends it.
  func form(sessionName fallback: String, code: String?) -> [(String, String)] {
    var form = [("Action", "AssumeRole"), ("Version", "2011-06-15")]
    if let externalID { form.append(("ExternalId", externalID)) }
    if let duration { form.append(("DurationSeconds", String(duration))) }
    form.append(("RoleArn", arn))
    form.append(("RoleSessionName", sessionName ?? fallback))
    if let mfaSerial, let code { form += [("SerialNumber", mfaSerial), ("TokenCode", code)] }
    return form
  }
}

/// A role that is assumed with a token of an identity provider (AssumeRoleWithWebIdentity): IRSA, for one.
package struct WebIdentityRole: Sendable, Hashable {
  /// The role's ARN.
  package var arn: String
  /// How the session is named in the account's logs; nil: a name of our own.
  package var sessionName: String?
  /// The file with the token, which the kubelet replaces every hour or so.
  package var tokenFile: String

  /// Describes a role.
  package init(arn: String, sessionName: String? = nil, tokenFile: String) {
    self.arn = arn
    self.sessionName = sessionName
    self.tokenFile = tokenFile
  }

  /// Everything that decides which credentials come out, as texts of a kept identity.
  var identity: [String] { ["web-identity", arn, sessionName ?? "", tokenFile] }

  /// The form that is sent to STS, in the order in which botocore sends it.
  func form(sessionName fallback: String, token: String) -> [(String, String)] {
    [
      ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", arn),
      ("RoleSessionName", sessionName ?? fallback), ("WebIdentityToken", token),
    ]
  }
}
