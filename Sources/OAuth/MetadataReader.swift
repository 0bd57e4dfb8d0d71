// SPDX-License-Identifier: Apache-2.0

/// Reads members of a discovery document by type; a member of another type makes the document
/// refused, a null is an absent member.
struct MetadataReader {
  let json: StrictJSON
  let issuer: Issuer
  /// What stands before a member's name in messages: nothing, or the object that it is in.
  var prefix = ""

  func optional(_ name: String) throws(OAuthError) -> Endpoint? {
    guard let value = json[name], value != .null else { return nil }
    guard let text = value.string else { throw refusal(name, "is not a string") }
    return try Endpoint(text, named: prefix + name, of: issuer)
  }

  func required(_ name: String) throws(OAuthError) -> Endpoint {
    guard let endpoint = try optional(name) else {
      throw ProviderMetadata.refusal(issuer, "it has no \(prefix + name)")
    }
    return endpoint
  }

  func list(_ name: String) throws(OAuthError) -> [String]? {
    guard let value = json[name], value != .null else { return nil }
    guard let texts = value.strings else { throw refusal(name, "is not an array of strings") }
    return texts
  }

  func flag(_ name: String) throws(OAuthError) -> Bool {
    guard let value = json[name], value != .null else { return false }
    guard let flag = value.bool else { throw refusal(name, "is not true or false") }
    return flag
  }

  /// The members of an object inside the document; one without members if it is absent.
  func object(_ name: String) throws(OAuthError) -> MetadataReader {
    let value = json[name] ?? .null
    guard value == .null || value.members != nil else { throw refusal(name, "is not an object") }
    return MetadataReader(json: value, issuer: issuer, prefix: "\(prefix)\(name).")
  }

  private func refusal(_ name: String, _ reason: String) -> OAuthError {
    ProviderMetadata.refusal(issuer, "its \(prefix + name) \(reason)")
  }
}
