// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A version of the exec credential API (client.authentication.k8s.io); v1alpha1 is gone from client-go.
package enum ExecVersion: String, Sendable, CaseIterable {
  /// Kubernetes 1.22 and later.
  case v1 = "client.authentication.k8s.io/v1"
  /// The version before it, still sent where a kubeconfig asks for it.
  case v1beta1 = "client.authentication.k8s.io/v1beta1"
}

/// What client-go tells its plugin in `KUBERNETES_EXEC_INFO`.
package struct ExecInfo: Equatable, Sendable {
  /// The cluster that the token is for; only sent when the kubeconfig says `provideClusterInfo: true`.
  package struct Cluster: Equatable, Sendable {
    /// The API server's URL.
    package let server: String
    /// The name to expect in its certificate, empty if the URL's host.
    package let tlsServerName: String
    /// The CA bundle, PEM, decoded from base64; empty if none.
    package let certificateAuthority: [UInt8]
    /// `config` from the cluster's exec extension, as the very JSON bytes that came; nil if none.
    package let config: [UInt8]?

    /// Makes cluster information.
    package init(
      server: String,
      tlsServerName: String = "",
      certificateAuthority: [UInt8] = [],
      config: [UInt8]? = nil
    ) {
      self.server = server
      self.tlsServerName = tlsServerName
      self.certificateAuthority = certificateAuthority
      self.config = config
    }
  }

  /// The version that was asked for, and so the one to answer in.
  package let version: ExecVersion
  /// Whether standard input is a terminal that the plugin may use; nil if no client asked (run by hand).
  package let interactive: Bool?
  /// The cluster, if it was sent.
  package let cluster: Cluster?

  /// Makes exec information.
  package init(version: ExecVersion, interactive: Bool?, cluster: Cluster? = nil) {
    self.version = version
    self.interactive = interactive
    self.cluster = cluster
  }

  /// What holds when a person runs lanyard in a shell.
  package static let byHand = ExecInfo(version: .v1, interactive: nil)

  /// The largest text accepted, in bytes; Linux itself allows 128 KiB for one variable.
  package static let maximumLength = 1 << 20

  /// Reads the raw value of `KUBERNETES_EXEC_INFO`; unset and empty mean ``byHand``.
  ///
  /// As in client-go, a missing member counts as its zero value: no `spec.interactive` means not interactive.
  /// Throws `.tooLarge`, `.execInfoVersion` for another version than v1 and v1beta1, `.execInfoMalformed` for
  /// anything else that client-go does not write.
  package static func parse(_ raw: [UInt8]?) throws(KubeconfigError) -> ExecInfo {
    guard let raw, !raw.isEmpty else { return .byHand }
    guard raw.count <= maximumLength else {
      throw KubeconfigError(
        .tooLarge,
        what: "KUBERNETES_EXEC_INFO is \(raw.count) bytes long",
        remedy: "set provideClusterInfo: false for this user in the kubeconfig"
      )
    }
    let document: JSONNode
    do throws(JSONFault) {
      document = try JSONReader.read(raw)
    } catch {
      throw malformed("is not JSON", cause: "at byte \(error.offset): \(error.what)")
    }
    return try ExecInfoReader(raw: raw).info(document)
  }

  static func malformed(_ fault: String, cause: String? = nil) -> KubeconfigError {
    KubeconfigError(
      .execInfoMalformed,
      what: "KUBERNETES_EXEC_INFO \(fault)",
      remedy: "leave the variable to kubectl; to run lanyard by hand, unset it",
      cause: cause
    )
  }
}
