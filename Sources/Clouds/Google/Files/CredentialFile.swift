// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

/// Reads credential files: those of Application Default Credentials, and the rows of gcloud's database, which are the
/// same JSON.
enum CredentialFile {
  /// Bytes of a credential file; real ones have 0.3 to 4 KB.
  static let limit = 256 * 1024

  /// Reads one; throws `.configuration`.
  static func parse(_ bytes: [UInt8], _ origin: Origin) throws(CloudError) -> GoogleCredential {
    let json: StrictJSON
    do {
      json = try StrictJSON(parsing: withoutMark(bytes))
    } catch {
      throw origin.wrong("it is not JSON that can be read: \(error.reason) at byte \(error.offset)")
    }
    guard json.members != nil else { throw origin.wrong("it is no JSON object") }
    return try credential(FileFields(json: json, origin: origin), mayImpersonate: true)
  }

  /// Without the byte order mark that some editors put in front; the indices stay those of the file.
  static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  }

  private static func credential(_ fields: FileFields, mayImpersonate: Bool) throws(CloudError)
    -> GoogleCredential
  {
    switch try fields.text("type") {
    case "authorized_user": return .authorizedUser(try user(fields))
    case "service_account": return .serviceAccount(try key(fields))
    case "external_account": return .externalAccount(try ExternalAccount(fields))
    case "external_account_authorized_user": return .workforceUser(try workforceUser(fields))
    case "impersonated_service_account" where mayImpersonate: return try impersonated(fields)
    case "gdch_service_account":
      throw fields.origin.wrong(
        "accounts of Distributed Cloud (gdch_service_account) are not known here"
      )
    case "service_account_p12":
      throw fields.origin.wrong("P12 keys are no longer in use: make a JSON key of the account")
    case let other:
      throw fields.origin.wrong("its type \"\(Text.line(other, limit: 60))\" is not known here")
    }
  }

  private static func user(_ fields: FileFields) throws(CloudError) -> AuthorizedUser {
    AuthorizedUser(
      clientID: try fields.text("client_id"),
      clientSecret: Secret(try fields.text("client_secret")),
      refreshToken: Secret(try fields.text("refresh_token")),
      tokenURI: try fields.optional("token_uri"),
      scopes: try fields.list("scopes"),
      universe: try universe(fields)
    )
  }

  private static func key(_ fields: FileFields) throws(CloudError) -> ServiceAccountKey {
    ServiceAccountKey(
      email: try fields.text("client_email"),
      keyID: try fields.optional("private_key_id"),
      privateKey: Secret(try fields.text("private_key")),
      tokenURI: try fields.optional("token_uri"),
      universe: try universe(fields)
    )
  }

  private static func universe(_ fields: FileFields) throws(CloudError) -> String? {
    guard let text = try fields.optional("universe_domain") else { return nil }
    guard let domain = HostRule.domain(text) else {
      throw fields.origin.wrong("its universe_domain is no domain")
    }
    return domain
  }

  private static func workforceUser(_ fields: FileFields) throws(CloudError) -> WorkforceUser {
    WorkforceUser(
      client: OAuthClientSecret(
        id: try fields.text("client_id"),
        secret: Secret(try fields.text("client_secret"))
      ),
      refreshToken: Secret(try fields.text("refresh_token")),
      tokenURL: try fields.optional("token_url") ?? "https://sts.googleapis.com/v1/oauthtoken"
    )
  }

  private static func impersonated(_ fields: FileFields) throws(CloudError) -> GoogleCredential {
    guard let source = try fields.object("source_credentials") else {
      throw fields.origin.wrong("it has no source_credentials")
    }
    let delegates = try fields.list("delegates").map(Impersonation.resource)
    let impersonation = Impersonation(
      url: try fields.text("service_account_impersonation_url"),
      delegates: delegates
    )
    return .impersonated(impersonation, source: try credential(source, mayImpersonate: false))
  }
}
