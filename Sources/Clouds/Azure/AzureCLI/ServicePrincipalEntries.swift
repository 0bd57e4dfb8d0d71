// SPDX-License-Identifier: Apache-2.0

package import OAuth

/// The applications that are signed in at the Azure CLI: its `service_principal_entries.json`.
package struct ServicePrincipalEntries: Sendable {
  /// What an application proves itself with.
  package enum Proof: Sendable, Equatable {
    case secret(Secret)
    /// A file with certificate and key, PEM.
    case certificate(path: String)
    /// A token of somebody whom the application trusts.
    case assertion(Secret)
  }

  private let entries: [StrictJSON]

  /// Reads the file; nil if it is torn, encrypted or no such file.
  package init?(_ bytes: [UInt8]) {
    guard let json = try? StrictJSON(parsing: VendorText.withoutMark(bytes)),
      let entries = json.elements
    else { return nil }
    self.entries = entries
  }

  /// What the application has in a tenant; nil if it is not signed in there.
  package func proof(client: String, tenant: String) -> Proof? {
    let entry = entries.first { entry in
      entry["client_id"]?.string?.lowercased() == client.lowercased()
        && entry["tenant"]?.string?.lowercased() == tenant.lowercased()
    }
    guard let entry else { return nil }
    if let secret = entry["client_secret"]?.string, !secret.isEmpty {
      return .secret(Secret(secret))
    }
    if let path = entry["certificate"]?.string, !path.isEmpty { return .certificate(path: path) }
    if let assertion = entry["client_assertion"]?.string, !assertion.isEmpty {
      return .assertion(Secret(assertion))
    }
    return nil
  }
}
