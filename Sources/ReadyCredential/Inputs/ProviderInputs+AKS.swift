// SPDX-License-Identifier: Apache-2.0

extension ProviderInputs {
  /// What `get-token aks` reads.
  static var aks: ProviderInputs {
    ProviderInputs(readers: [], pathOptions: [], variableOptions: [], always: ["HOME"])
  }
}
