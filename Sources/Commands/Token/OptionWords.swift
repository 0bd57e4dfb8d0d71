// SPDX-License-Identifier: Apache-2.0

/// Options as words of a command line, for messages that tell what to run and for comparing with a kubeconfig.
struct OptionWords {
  private(set) var words: [String] = []

  mutating func add(_ name: String, _ value: String?) {
    if let value { words += [name, value] }
  }

  mutating func add(_ name: String, each values: [String]) {
    for value in values { add(name, value) }
  }

  /// Only what differs from the default is said.
  mutating func add<Value: RawRepresentable & Equatable>(
    _ name: String,
    _ value: Value,
    unless usual: Value
  ) where Value.RawValue == String {
    if value != usual { add(name, value.rawValue) }
  }
}
