// SPDX-License-Identifier: Apache-2.0

/// Which machine this is.
package enum HostName {
  /// The raw identity of this installation, trimmed; nil if there is none.
  ///
  /// The file is confidential by its own manual page (machine-id(5)): callers hash it with a label of their own before
  /// it is stored or shown.
  package static func machineID() -> String? {
    machineID(candidates: ["/etc/machine-id", "/var/lib/dbus/machine-id"])
  }

  /// The first of `candidates` that holds 32 hexadecimal digits.
  package static func machineID(candidates: [String]) -> String? {
    for path in candidates {
      guard let bytes = try? Files.readBounded(path, limit: 256) else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      let identity = String(text.prefix { !$0.isWhitespace })
      if identity.count == 32, identity.allSatisfy(\.isHexDigit) { return identity.lowercased() }
    }
    return nil
  }
}
