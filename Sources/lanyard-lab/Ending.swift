// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How a run ends: the exit codes and the form of messages are those of lanyard.
enum Ending {
  private static let failed: Int32 = 1
  private static let usage: Int32 = 2

  /// Parses and runs a command; gives the exit code after telling what went wrong.
  static func run(_ arguments: [String]) async -> Int32 {
    do {
      var command = try LanyardLab.parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return 0
    } catch let error as LabError {
      tell(error.message, error.remedy ?? remedy(error.code))
      return error.code == .badOption ? usage : failed
    } catch let failure as TourFailure {
      tell(failure.description, "what its commands said stands above")
      return failed
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      return end(parsing: error)
    }
  }

  /// Ends the process, with all that was printed.
  static func end(_ code: Int32) -> Never {
    exit(code)
  }

  private static func end(parsing error: any Error) -> Int32 {
    let text = LanyardLab.fullMessage(for: error)
    switch LanyardLab.exitCode(for: error) {
    case .success:
      print(text)
      return 0
    case .validationFailure:
      let see = text.split(separator: "See '").dropFirst().first?.prefix { $0 != "'" }
      tell(sentence(LanyardLab.message(for: error)), "see: \(see ?? "lanyard-lab --help")")
      return usage
    default:
      tell(
        "\(error)",
        "check that the lab is open, and with --tls, that --certificate-authority is its ca.pem"
      )
      return failed
    }
  }

  /// What the parser says, in one line that begins with a small letter and ends without a period.
  private static func sentence(_ message: String) -> String {
    let line = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let text = line.split(separator: ". ").map { small(String($0)) }.joined(separator: "; ")
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// The text with a small letter first, if it begins with a word and not with an option or an abbreviation.
  private static func small(_ text: String) -> String {
    guard text.dropFirst().first?.isLowercase == true else { return text }
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  /// What to do about a failure that does not say it itself.
  private static func remedy(_ code: LabError.Code) -> String {
    switch code {
    case .badOption: "see: lanyard-lab --help"
    case .notStarted: "try again; lanyard-lab up --help has the options of both servers"
    case .file: "check the path, and who may read and write there"
    case .unexpectedPage: "open the address in a browser to see the page"
    case .process: "run that program by itself to see what is wrong"
    }
  }

  private static func tell(_ what: String, _ remedy: String) {
    flushOutput()
    let text = Array("lanyard-lab: \(what)\n  \(remedy)\n".utf8)
    _ = unsafe text.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  }
}
