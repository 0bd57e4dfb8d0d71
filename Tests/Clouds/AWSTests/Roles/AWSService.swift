// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OAuth

/// What STS and the metadata services answer in these tests.
enum AWSService {
  static let end = "2099-01-01T00:00:00Z"

  /// STS's answer with credentials whose access key is `id`.
  static func credentials(_ action: String, id: String = "ASIAROLE", until end: String = end)
    -> HTTPAnswer
  {
    let text = """
      <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result><Credentials>
      <AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>sek</SecretAccessKey><SessionToken>tok</SessionToken>
      <Expiration>\(end)</Expiration></Credentials></\(action)Result></\(action)Response>
      """
    return HTTPAnswer(status: 200, body: Array(text.utf8))
  }

  /// STS's refusal.
  static func refusal(_ code: String, _ message: String = "no", status: Int = 403) -> HTTPAnswer {
    let text =
      "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
    return HTTPAnswer(status: status, body: Array(text.utf8))
  }

  /// STS as a service of a `World`: the access key that it gives names the role.
  static func sts(_ sent: World.Sent) -> HTTPAnswer {
    let form = Dictionary(
      (FormEncoding.decode(Array(sent.body.utf8)) ?? []).map { ($0.name, $0.value) }
    ) { $1 }
    let role = form["RoleArn"]?.split(separator: "/").last.map(String.init) ?? ""
    return credentials(form["Action"] ?? "", id: "ASIA" + role.uppercased())
  }

  /// The form of a request, in its order.
  static func form(_ sent: World.Sent) -> [String] {
    (FormEncoding.decode(Array(sent.body.utf8)) ?? []).map { "\($0.name)=\($0.value)" }
  }
}

/// The access key that signed a token.
func signer(of token: Secret) -> String? {
  let text = token.expose().dropFirst("k8s-aws-v1.".count)
  let url = Base64URL.decode(text.utf8).map { String(decoding: $0, as: UTF8.self) }
  return url?.split(separator: "X-Amz-Credential=").last?.split(separator: "%2F").first.map(
    String.init
  )
}
