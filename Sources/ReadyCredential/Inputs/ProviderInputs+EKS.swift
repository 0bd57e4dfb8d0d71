// SPDX-License-Identifier: Apache-2.0

extension ProviderInputs {
  /// What `get-token eks` reads.
  static var eks: ProviderInputs {
    ProviderInputs(readers: [], pathOptions: [], variableOptions: [], always: ["HOME"])
  }
}
