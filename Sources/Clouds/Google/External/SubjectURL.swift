// SPDX-License-Identifier: Apache-2.0

import Clouds
import HTTPTypes
import OAuth

/// An address that a credential file has its subject token fetched from, with the header fields that it wants.
///
/// The file may come from anybody, so it cannot have just anything asked on this machine's behalf: a metadata service
/// gives keys to whoever sends it the right field.
struct SubjectURL: Sendable {
  /// The most header fields, and the most bytes of a value: GitHub's bearer tokens have some 2 KB.
  private static let most = (fields: 16, value: 16 * 1024)
  /// Fields that decide where a request goes or where it ends.
  private static let framing: Set = [
    "connection", "content-length", "expect", "forwarded", "host", "keep-alive",
    "proxy-authorization",
    "te", "trailer", "transfer-encoding", "upgrade", "x-forwarded-for", "x-forwarded-host",
  ]
  /// Names under which metadata services are found.
  private static let metadataNames: Set = [
    "metadata", "metadata.goog", "metadata.google.internal", "instance-data",
    "instance-data.ec2.internal", "fd00:ec2::254",
  ]

  let url: String
  let headers: [SubjectSource.Header]
  let format: SubjectSource.TokenFormat

  /// The request, and whether it goes to a metadata service, which is never behind a proxy.
  ///
  /// Throws `.configuration` for a request that a file may not have sent.
  func call(_ effects: CloudEffects, _ origin: Origin) throws(CloudError) -> (
    call: HTTPCall, host: String, isMetadata: Bool
  ) {
    let address: WebAddress
    do {
      address = try WebAddress(url)
    } catch {
      throw origin.wrong("the url of its credential_source cannot be used: \(error.reason)")
    }
    let host = address.host.lowercased()
    let isMetadata = address.isLinkLocal || Self.metadataNames.contains(host)
    guard address.isHTTPS || address.isLoopback || isMetadata else {
      throw origin.wrong("the url of its credential_source is http")
    }
    guard !isMetadata || isAzures(address) || effects.allows(.googleOtherHosts) else {
      throw CloudError(
        .configuration,
        "\(origin.place) wants to ask the metadata service at \(host) for something else than a token of Azure's",
        remedy:
          "if that is right, \(CloudPermission.googleOtherHosts.leave)"
      )
    }
    let fields = try fields(origin)
    return (HTTPCall(method: .get, url: address.text, headers: fields), host, isMetadata)
  }

  /// The request that gcloud writes for a workload of Azure
  /// (cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds), and no other.
  private func isAzures(_ address: WebAddress) -> Bool {
    guard address.host == "169.254.169.254", !address.isHTTPS, address.port ?? 80 == 80,
      address.path == "/metadata/identity/oauth2/token", format == .json(field: "access_token"),
      headers.count == 1, headers[0].name.lowercased() == "metadata",
      headers[0].value.expose().lowercased() == "true"
    else { return false }
    let names = (address.query ?? "").split(separator: "&", omittingEmptySubsequences: false)
      .map { String($0.prefix { $0 != "=" }) }
    let known: Set = ["api-version", "resource", "client_id", "object_id", "msi_res_id"]
    return Set(names).count == names.count && known.isSuperset(of: names)
      && names.contains("api-version") && names.contains("resource")
  }

  private func fields(_ origin: Origin) throws(CloudError) -> HTTPFields {
    var fields = HTTPFields()
    guard headers.count <= Self.most.fields else {
      throw origin.wrong("its credential_source has more than \(Self.most.fields) headers")
    }
    for header in headers {
      let value = header.value.expose()
      guard header.name.utf8.count <= 128, let name = HTTPField.Name(header.name),
        !Self.framing.contains(header.name.lowercased()), value.utf8.count <= Self.most.value,
        !Text.hasControls(value)
      else { throw origin.wrong("the headers of its credential_source cannot be sent") }
      fields[name] = value
    }
    return fields
  }
}
