// SPDX-License-Identifier: Apache-2.0

/// The text of an AWS `config` or `credentials` file, read as botocore reads it.
///
/// That is Python's `configparser` (`RawConfigParser`): comments are whole lines that begin with `#` or `;`, a key ends
/// at the first `=` or `:` and counts in lower case, and a line that is indented more than its key continues the value.
/// A value that begins with a line break is a block of its own (`s3 =` and indented lines). Where botocore gives up
/// on a section or a key that stands there twice, the later key wins, as the AWS SDKs reference guide says. It holds
/// secrets, so printing it shows section names only.
package struct INIText: Sendable {
  /// The largest file that is read, in bytes.
  package static let maximumLength = 1 << 20

  /// One section, in the order of the file.
  package struct Section: Sendable {
    /// What stands between the brackets, as it is.
    package let name: String
    /// Keys in lower case, and their values without surrounding white space.
    package internal(set) var values: [String: String] = [:]
    /// Keys in lower case whose value is a block, and the block's keys as they are.
    package internal(set) var blocks: [String: [String: String]] = [:]
  }

  /// Why a text is not of this format.
  package struct Fault: Error, Sendable, Equatable {
    /// The line, counted from 1.
    package let line: Int
    /// In words for a message; nothing of the text itself, which may be secret.
    package let reason: String
  }

  /// The sections; one for each name.
  package let sections: [Section]

  /// Reads the bytes of a file.
  ///
  /// Throws ``Fault`` for a text that botocore does not read either, and for one above ``maximumLength``.
  package init(parsing bytes: [UInt8]) throws(Fault) {
    guard bytes.count <= Self.maximumLength else {
      throw Fault(line: 1, reason: "the file is larger than \(Self.maximumLength) bytes")
    }
    var parser = INIParser()
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    for line in INIParser.lines(text) { try parser.take(line) }
    self.sections = try parser.finish()
  }
}

extension INIText: CustomStringConvertible, CustomReflectable {
  package var description: String { "INIText(\(sections.map(\.name)))" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension INIText.Section: CustomStringConvertible, CustomReflectable {
  package var description: String { "[\(name)]" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
