// SPDX-License-Identifier: Apache-2.0

/// The version that `KUBERNETES_EXEC_INFO` asks for, where it is as plain as client-go writes it.
enum ExecVersionScan {
  /// The apiVersion; nil if the text is anything but `kind`, `apiVersion` and a `spec` with nothing or `interactive`
  /// in it.
  ///
  /// No variable means that a person called; they get `v1`, as from the full program.
  static func version(_ raw: [UInt8]?) -> String? {
    guard let raw else { return "client.authentication.k8s.io/v1" }
    var scan = Scan(rest: raw[...])
    guard let members = scan.object(["kind", "apiVersion", "spec"]), scan.atEnd,
      members["kind"] == "ExecCredential", members["spec"] != nil,
      let version = members["apiVersion"],
      version == "client.authentication.k8s.io/v1"
        || version == "client.authentication.k8s.io/v1beta1"
    else { return nil }
    return version
  }

  /// A reader of the few shapes of JSON that are understood here.
  private struct Scan {
    var rest: ArraySlice<UInt8>

    var atEnd: Bool {
      mutating get {
        skipSpace()
        return rest.isEmpty
      }
    }

    /// The members of an object of strings, booleans and `spec`, each at most once and none but `names`.
    mutating func object(_ names: Set<String>) -> [String: String]? {
      guard take("{") else { return nil }
      var members: [String: String] = [:]
      if take("}") { return members }
      repeat {
        guard let name = string(), names.contains(name), members[name] == nil, take(":"),
          let value = value(of: name)
        else { return nil }
        members[name] = value
      } while take(",")
      return take("}") ? members : nil
    }

    private mutating func value(of name: String) -> String? {
      switch name {
      case "spec": object(["interactive"]) == nil ? nil : ""
      case "interactive": word("true") ?? word("false")
      default: string()
      }
    }

    /// A string of printable ASCII without escapes.
    private mutating func string() -> String? {
      guard take("\"") else { return nil }
      let text = rest.prefix { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
      rest = rest.dropFirst(text.count)
      guard rest.first == 0x22 else { return nil }
      rest = rest.dropFirst()
      return String(decoding: text, as: UTF8.self)
    }

    private mutating func word(_ word: String) -> String? {
      skipSpace()
      guard rest.starts(with: word.utf8) else { return nil }
      rest = rest.dropFirst(word.utf8.count)
      return word
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      guard rest.first == UInt8(ascii: character) else { return false }
      rest = rest.dropFirst()
      return true
    }

    private mutating func skipSpace() {
      rest = rest.drop { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
    }
  }
}
