// SPDX-License-Identifier: Apache-2.0

package import Clouds
import OAuth

/// An answer of STS that says no.
package struct STSRefusal: Error, Sendable, Equatable {
  /// The HTTP status.
  package let status: Int
  /// `AccessDenied`, `ExpiredTokenException`, …; empty if the answer has none.
  package let code: String
  /// The service's own words, fit for one line.
  package let message: String

  /// Reads an answer with a status other than 200.
  package init(status: Int, body: [UInt8]) {
    let error = XMLElement(parsing: body)?["Error"]
    self.status = status
    self.code = error?["Code"].map { Text.line($0.text, limit: 100) } ?? ""
    self.message = error?["Message"].map { Text.line($0.text, limit: 300) } ?? ""
  }

  /// Whether the same request can succeed in a moment.
  ///
  /// `IDPCommunicationError`: STS could not reach the identity provider; the API reference says to try again.
  package var isTemporary: Bool {
    status >= 500 || status == 429 || code == "IDPCommunicationError" || code.contains("Throttl")
  }

  /// Status, code and words for a message.
  var words: String {
    code.isEmpty ? "status \(status)" : message.isEmpty ? code : "\(code): \(message)"
  }

  /// What happened and what to do about it; `signer` says with what the request was made ("the access key AKIA…").
  package func error(assuming role: String, with signer: String) -> CloudError {
    if isTemporary {
      return CloudError(
        .temporary,
        "AWS STS cannot answer for now: \(words)",
        remedy: "try again in a moment"
      )
    }
    let what = "AWS STS gives no credentials of the role \(Text.line(role)): \(words)"
    let (kind, remedy) = advice(signer)
    return CloudError(kind, what, remedy: remedy)
  }

  private func advice(_ signer: String) -> (CloudError.Code, String) {
    switch code {
    case "AccessDenied", "AccessDeniedException":
      if message.contains("MultiFactorAuthentication") {
        return (.refused, "type the code that your MFA device shows next: each can be used once")
      }
      return (
        .refused,
        "the role's trust policy must allow \(signer) to assume it; ask its owner, or check role_arn"
      )
    case "ExpiredToken", "ExpiredTokenException":
      return (.loginNeeded, "renew \(signer), which has ended")
    case "InvalidClientTokenId", "UnrecognizedClientException":
      return (.refused, "AWS does not know \(signer): check it, or make a new one in the console")
    case "SignatureDoesNotMatch", "InvalidSignatureException", "RequestExpired":
      let isClock = message.contains("Signature expired") || message.contains("not yet current")
      return isClock
        ? (.configuration, "set this machine's clock: its time is not that of AWS")
        : (.configuration, "check the secret access key that belongs to \(signer)")
    case "RegionDisabledException":
      return (
        .configuration,
        "activate STS in this region in the account settings of IAM, or use another --region"
      )
    case "InvalidIdentityToken":
      return (
        .refused,
        "check the identity provider that IAM has for this issuer, and the token's audience"
      )
    case "IDPRejectedClaim":
      return (
        .refused, "the identity provider does not stand by this token any more: get a new one"
      )
    case "ValidationError", "MalformedPolicyDocument", "InvalidParameterValue":
      return (.configuration, "correct the role's ARN, session name, external id and duration")
    default:
      return (.refused, "look the code up in the AWS STS API reference")
    }
  }
}
