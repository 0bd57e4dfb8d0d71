// SPDX-License-Identifier: Apache-2.0

extension ProviderInputs {
  /// What `get-token gke` reads.
  static var gke: ProviderInputs {
    ProviderInputs(readers: [], pathOptions: [], variableOptions: [], always: ["HOME"])
  }
}
