// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds the members of an ExecCredential in its JSON tree.
struct ExecInfoReader {
  let raw: [UInt8]

  func info(_ document: JSONNode) throws(KubeconfigError) -> ExecInfo {
    guard case .object = document.value else { throw ExecInfo.malformed("is not a JSON object") }
    let kind = try string("kind", in: document)
    guard kind == "ExecCredential" else {
      throw ExecInfo.malformed("has kind \(quoted(kind)), where ExecCredential is expected")
    }
    let asked = try string("apiVersion", in: document)
    guard let version = ExecVersion(rawValue: asked) else {
      let known = ExecVersion.allCases.map(\.rawValue).joined(separator: " and ")
      throw KubeconfigError(
        .execInfoVersion,
        what: "KUBERNETES_EXEC_INFO asks for apiVersion \(quoted(asked)); lanyard speaks \(known)",
        remedy: "set apiVersion: \(ExecVersion.v1.rawValue) for this user's exec in the kubeconfig"
      )
    }
    guard let spec = try object("spec", in: document) else {
      return ExecInfo(version: version, interactive: false)
    }
    return ExecInfo(
      version: version,
      interactive: try bool("interactive", in: spec),
      cluster: try cluster(spec)
    )
  }

  private func cluster(_ spec: JSONNode) throws(KubeconfigError) -> ExecInfo.Cluster? {
    guard let cluster = try object("cluster", in: spec) else { return nil }
    let encoded = try string("certificate-authority-data", in: cluster)
    guard let authority = Data(base64Encoded: encoded) else {
      throw ExecInfo.malformed("has certificate-authority-data that is not base64")
    }
    return ExecInfo.Cluster(
      server: try string("server", in: cluster),
      tlsServerName: try string("tls-server-name", in: cluster),
      certificateAuthority: Array(authority),
      config: member("config", in: cluster).map { Array(raw[$0.range]) }
    )
  }

  /// A member that is present and not null.
  private func member(_ name: String, in node: JSONNode) -> JSONNode? {
    guard case .object(let members) = node.value,
      let found = members.first(where: { $0.name == name })?.node
    else { return nil }
    if case .null = found.value { return nil }
    return found
  }

  private func string(_ name: String, in node: JSONNode) throws(KubeconfigError) -> String {
    guard let found = member(name, in: node) else { return "" }
    if case .string(let text) = found.value { return text }
    throw ExecInfo.malformed("has a member \(name) that is not a string")
  }

  private func bool(_ name: String, in node: JSONNode) throws(KubeconfigError) -> Bool {
    guard let found = member(name, in: node) else { return false }
    if case .bool(let value) = found.value { return value }
    throw ExecInfo.malformed("has a member \(name) that is not true or false")
  }

  private func object(_ name: String, in node: JSONNode) throws(KubeconfigError) -> JSONNode? {
    guard let found = member(name, in: node) else { return nil }
    if case .object = found.value { return found }
    throw ExecInfo.malformed("has a member \(name) that is not an object")
  }
}
