// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser

/// A switch as Go's programs have it: `--legacy`, `--legacy=true`, `--legacy=false`.
///
/// The words are those of Go's `strconv.ParseBool`, which Azure/kubelogin reads them with. Another word is kept, for a
/// message: the parser would take it for a switch without one.
package struct GoFlag: ExpressibleByArgument, Sendable, Equatable, CustomStringConvertible {
  private let word: String

  /// A switch that is on.
  package static let on = GoFlag(argument: "true")

  /// Takes any word.
  package init(argument: String) { word = argument }

  private static let yes = ["1", "t", "T", "true", "TRUE", "True"]
  private static let no = ["0", "f", "F", "false", "FALSE", "False"]

  /// Whether it is on.
  package var isOn: Bool { Self.yes.contains(word) }

  /// The word for it.
  package var description: String { word }

  /// Throws a usage error for a word that is none of Go's.
  func check(_ name: String) throws {
    guard Self.yes.contains(word) || Self.no.contains(word) else {
      throw ValidationError("\(name) is true or false, not \"\(word.prefix(40))\"")
    }
  }
}

/// How much is said, as Kubernetes' programs have it: `-v`, `-v 5`, `--v=5`; anything above 0 is all that there is.
package struct Verbosity: ExpressibleByArgument, Sendable, Equatable, CustomStringConvertible {
  private let word: String

  /// What `-v` alone says.
  package static let verbose = Verbosity(argument: "1")

  /// Takes any word; see ``GoFlag``.
  package init(argument: String) { word = argument }

  /// The level of klog; nil for what is none.
  package var level: Int? {
    word.utf8.count <= 6 && word.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(word) : nil
  }

  /// The word for it.
  package var description: String { word }
}

/// The options that every command has, as Azure/kubelogin's users write them.
package struct AKSVerbosityOptions: ParsableArguments {
  /// How much is said.
  @Option(
    name: [.customShort("v"), .customLong("verbose"), .customLong("v")],
    defaultAsFlag: Verbosity.verbose,
    parsing: .next,
    help: ArgumentHelp(
      "Say on stderr what is being done, and the causes of a failure.",
      valueName: "level"
    )
  )
  package var level: Verbosity? = nil

  /// Options with their defaults, as parsing needs them.
  package init() {}

  /// The options as other commands have them.
  var global: GlobalOptions {
    var global = GlobalOptions()
    global.verbose = (level?.level ?? 0) > 0
    return global
  }

  /// Throws a usage error for what is no level.
  package func validate() throws {
    guard level.map({ $0.level != nil }) ?? true else {
      throw ValidationError("-v takes a level such as 5, or none")
    }
  }
}
