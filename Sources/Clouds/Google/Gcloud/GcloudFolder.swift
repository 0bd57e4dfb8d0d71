// SPDX-License-Identifier: Apache-2.0

import Clouds

/// Where gcloud keeps its files.
struct GcloudFolder: Sendable, Equatable {
  /// `CLOUDSDK_CONFIG`, else `~/.config/gcloud`; nil without a home folder.
  let path: String?

  init(_ effects: CloudEffects) {
    path = effects.environment["CLOUDSDK_CONFIG"] ?? effects.home.map { "\($0)/.config/gcloud" }
  }

  /// The file that `gcloud auth application-default login` writes.
  var applicationDefault: String? { path.map { "\($0)/application_default_credentials.json" } }
}
