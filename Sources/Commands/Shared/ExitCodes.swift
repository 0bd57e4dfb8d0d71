// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
package import Credentials
import Host

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// From errors to what a person reads and a script checks.
package enum ExitCodes {
  static let failed: Int32 = 1
  static let usage: Int32 = 2
  static let temporary: Int32 = 5
  static let store: Int32 = 6
  static let configuration: Int32 = 7

  /// The exit code of each kind of failure.
  package static func code(of code: CredentialsError.Code) -> Int32 {
    switch code {
    case .failed: failed
    case .loginNeeded, .loginInProgress: 3
    case .refused, .verdict: 4
    case .temporary: temporary
    case .store: store
    case .configuration: configuration
    }
  }

  /// Parses and runs a command; gives the exit code after telling what went wrong.
  static func run(_ root: any AsyncParsableCommand.Type, _ arguments: [String]) async -> Int32 {
    do {
      var command = try leaf(root, arguments) ?? root.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return 0
    } catch let failure as Failure {
      return told(failure)
    } catch {
      return end(parsing: error, root)
    }
  }

  /// The exit code of a failure, after telling it.
  static func told(_ failure: Failure) -> Int32 {
    failure.tell()
    return failure.exitCode
  }

  /// The command that the first arguments name, parsed by itself; nil if they name none, or the rest is wrong or asks
  /// for help.
  ///
  /// The parser looks at every option of a command twice when it comes to it through its parents: half of the time of
  /// `get-token` before this way past them. What to say of an error is for the whole tree to know.
  private static func leaf(
    _ root: any AsyncParsableCommand.Type,
    _ arguments: [String]
  ) -> (any ParsableCommand)? {
    var found: any ParsableCommand.Type = root
    var rest = arguments[...]
    while let word = rest.first,
      let next = found.configuration.subcommands.first(where: {
        $0.configuration.commandName == word
      })
    {
      found = next
      rest = rest.dropFirst()
    }
    guard found != root, let command = try? found.parseAsRoot(Array(rest)),
      type(of: command) == found
    else {
      return nil
    }
    return command
  }

  /// Ends the process without running atexit handlers twice or waiting for threads of the network.
  static func end(_ code: Int32) -> Never {
    exit(code)
  }

  private static func end(parsing error: any Error, _ root: any ParsableCommand.Type) -> Int32 {
    let text = root.fullMessage(for: error)
    guard root.exitCode(for: error) != .success else {
      do throws(Failure) {
        try StandardOutput.write(Array((text + "\n").utf8), "the text")
        return 0
      } catch {
        return told(error)
      }
    }
    UsageMessage(message: root.message(for: error), fullMessage: text).failure.tell()
    return usage
  }
}
