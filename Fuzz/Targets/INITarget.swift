// SPDX-License-Identifier: Apache-2.0

import EKSToken

/// The `config` and `credentials` files of AWS; an input is the file.
struct INITarget: Sendable {
  func run(_ input: [UInt8]) throws(Breach) -> Bool {
    let text: INIText
    do throws(INIText.Fault) {
      text = try INIText(parsing: input)
    } catch {
      let lines = input.count { $0 == 0x0A || $0 == 0x0D } + 1
      try Breach.unless((1...lines).contains(error.line), "the fault is in no line of the file")
      try Breach.unlessShown(error.reason, as: "the reason")
      return false
    }
    try checkNames(text)
    let configuration = AWSConfiguration(config: text, credentials: text)
    for section in text.sections {
      // In the credentials file every section is a profile of its own name.
      try Breach.unless(
        configuration.profile(section.name) != nil,
        "a profile of the file is not there"
      )
    }
    // The words of a command and the static keys are read from values as they come.
    for section in text.sections {
      for value in section.values.values { _ = ShellWords.split(value) }
    }
    return !text.sections.isEmpty
  }

  /// Each section and key stands there once, and what is printed holds no value.
  private func checkNames(_ text: INIText) throws(Breach) {
    let names = text.sections.map(\.name)
    try Breach.unless(Set(names).count == names.count, "a section is there twice")
    for section in text.sections {
      for (key, value) in section.values {
        try Breach.unless(key == key.lowercased(), "a key does not count in lower case")
        try Breach.unless(value == trimmed(value), "a value has white space around it")
      }
      try Breach.unless("\(section)" == "[\(section.name)]", "a section shows more than its name")
    }
  }

  private func trimmed(_ value: String) -> String {
    var rest = value[...]
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return String(rest)
  }
}
