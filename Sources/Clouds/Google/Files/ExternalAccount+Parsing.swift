// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

extension ExternalAccount {
  /// Reads an `external_account` (google.aip.dev/auth/4117); throws `.configuration`.
  init(_ fields: FileFields) throws(CloudError) {
    guard let source = try fields.object("credential_source") else {
      throw fields.origin.wrong("it has no credential_source")
    }
    let id = try fields.optional("client_id")
    let secret = try fields.optional("client_secret")
    self.init(
      audience: try fields.text("audience"),
      subjectTokenType: try fields.text("subject_token_type"),
      tokenURL: try fields.optional("token_url") ?? "https://sts.googleapis.com/v1/token",
      source: try SubjectSource(source),
      impersonation: try Self.impersonation(fields),
      client: id.map { OAuthClientSecret(id: $0, secret: Secret(secret ?? "")) },
      workforceProject: try fields.optional("workforce_pool_user_project")
    )
  }

  private static func impersonation(_ fields: FileFields) throws(CloudError) -> Impersonation? {
    guard let url = try fields.optional("service_account_impersonation_url") else { return nil }
    let settings = try fields.object("service_account_impersonation")
    let lifetime = try settings?.whole("token_lifetime_seconds") ?? Lives.usual
    guard Lives.impersonation.contains(lifetime) else {
      throw fields.origin.wrong(
        "its token_lifetime_seconds is not between \(Lives.impersonation.lowerBound) and "
          + "\(Lives.impersonation.upperBound)"
      )
    }
    return Impersonation(url: url, lifetime: lifetime)
  }
}

extension SubjectSource {
  /// Reads a `credential_source`, whose form is told by the members it has; throws `.configuration`.
  init(_ fields: FileFields) throws(CloudError) {
    if let environment = try fields.optional("environment_id") {
      guard environment == "aws1" else {
        throw fields.origin.wrong("its environment_id is \"\(Text.line(environment))\", not aws1")
      }
      self = .aws(try AWSSource(fields))
    } else if let file = try fields.optional("file") {
      self = .file(file, try Self.format(fields))
    } else if let url = try fields.optional("url") {
      self = .url(url, headers: try Self.headers(fields), try Self.format(fields))
    } else if let executable = try fields.object("executable") {
      self = .executable(try ExecutableSource(executable))
    } else if let certificate = try fields.object("certificate") {
      self = .certificate(try CertificateSource(certificate))
    } else {
      throw fields.origin.wrong(
        "its credential_source has none of file, url, executable, certificate and environment_id"
      )
    }
  }

  private static func format(_ fields: FileFields) throws(CloudError) -> TokenFormat {
    guard let format = try fields.object("format") else { return .text }
    switch try format.optional("type") ?? "text" {
    case "text": return .text
    case "json": return .json(field: try format.text("subject_token_field_name"))
    default: throw fields.origin.wrong("its format is neither text nor json")
    }
  }

  private static func headers(_ fields: FileFields) throws(CloudError) -> [Header] {
    guard let headers = try fields.object("headers") else { return [] }
    var result: [Header] = []
    for name in (headers.json.members ?? [:]).keys.sorted() {
      result.append(Header(name: name, value: Secret(try headers.text(name))))
    }
    return result
  }
}

extension ExecutableSource {
  /// What Google's libraries allow a program, in milliseconds.
  private static let allowed = 5000...120_000

  fileprivate init(_ fields: FileFields) throws(CloudError) {
    let timeout = try fields.whole("timeout_millis") ?? 30_000
    guard Self.allowed.contains(timeout) else {
      throw fields.origin.wrong("its timeout_millis is not between 5000 and 120000")
    }
    self.init(
      command: try fields.text("command"),
      timeout: Double(timeout) / 1000,
      outputFile: try fields.optional("output_file")
    )
  }
}

extension AWSSource {
  fileprivate init(_ fields: FileFields) throws(CloudError) {
    self.init(
      regionURL: try fields.optional("region_url"),
      credentialsURL: try fields.optional("url"),
      sessionTokenURL: try fields.optional("imdsv2_session_token_url"),
      verificationURL: try fields.text("regional_cred_verification_url")
    )
  }
}

extension CertificateSource {
  fileprivate init(_ fields: FileFields) throws(CloudError) {
    let path = try fields.optional("certificate_config_location")
    let usesDefault = fields.json["use_default_certificate_config"]?.bool ?? false
    guard (path == nil) == usesDefault else {
      throw fields.origin.wrong(
        "its certificate has to have one of certificate_config_location and use_default_certificate_config"
      )
    }
    self.init(configuration: path, chain: try fields.optional("trust_chain_path"))
  }
}
