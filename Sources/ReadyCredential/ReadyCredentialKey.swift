// SPDX-License-Identifier: Apache-2.0

/// Names the ready credential of one request: a hash over everything that the answer depends on and can be had cheaply.
///
/// Hashed, each with its length in front so that no byte can move between neighbours: a version, the store path, the
/// effective uid, the arguments after argv[0], the raw `KUBERNETES_EXEC_INFO`, the working directory if an argument is
/// a relative path, and the variables that the provider declares.
package struct ReadyCredentialKey: Sendable, Hashable {
  /// 64 lower-case hexadecimal digits: the name of the file.
  package let hex: String

  /// The key of the request that `arguments` (after argv[0]) make in these surroundings.
  ///
  /// Nil means that there can be no ready credential: it is not a `get-token` of a known provider, there is no place
  /// for a store, or the working directory matters and is gone.
  package init?(arguments: [[UInt8]], surroundings: Surroundings, storePath: String) {
    guard let inputs = ProviderInputs.of(arguments: arguments) else { return nil }
    var fields = FieldHash()
    fields.add("lanyard ready credential 1".utf8)
    fields.add(storePath.utf8)
    fields.add(number: UInt64(surroundings.effectiveUser))
    fields.add(number: UInt64(arguments.count))
    for argument in arguments { fields.add(argument) }
    fields.add(optional: surroundings.variable("KUBERNETES_EXEC_INFO"))
    if inputs.hasRelativePath(in: arguments, surroundings) {
      guard let directory = surroundings.workingDirectory() else { return nil }
      fields.add(optional: directory)
    } else {
      fields.add(optional: nil)
    }
    for name in inputs.variables(for: arguments) {
      fields.add(name.utf8)
      fields.add(optional: surroundings.variable(name))
    }
    self.hex = fields.hexDigest()
  }

  /// A key from its 64 lower-case hexadecimal digits, nil for anything else.
  package init?(hex: String) {
    let digits = hex.utf8
    guard digits.count == 64, digits.allSatisfy(Self.isHexDigit) else { return nil }
    self.hex = hex
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}

/// A hash over a list of fields that no other list has.
private struct FieldHash {
  private var hash = SHA256()

  mutating func add(_ bytes: some Collection<UInt8>) {
    add(number: UInt64(bytes.count))
    hash.update(bytes)
  }

  mutating func add(number: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      hash.update(CollectionOfOne(UInt8(truncatingIfNeeded: number >> shift)))
    }
  }

  mutating func add(optional bytes: [UInt8]?) {
    guard let bytes else { return add(number: 0) }
    add(number: 1)
    add(bytes)
  }

  consuming func hexDigest() -> String {
    HexDigits.text(hash.finalize())
  }
}
