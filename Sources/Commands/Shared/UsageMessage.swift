// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What ArgumentParser says about a command line that it does not take, in the form of our messages.
package struct UsageMessage {
  /// The failure: what is wrong in one line, and where to look.
  package let failure: Failure

  /// Takes the message, and the text with usage in which it stands.
  package init(message: String, fullMessage: String) {
    let line = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let sentences = line.split(separator: ". ").map { Self.lowercasingFirst(String($0)) }
    let words = sentences.joined(separator: "; ")
    failure = Failure(
      exitCode: ExitCodes.usage,
      words.hasSuffix(".") ? String(words.dropLast()) : words,
      remedy: "see: \(Self.help(in: fullMessage) ?? "lanyard --help")"
    )
  }

  /// `Unknown` begins with a small letter here, but an abbreviation or an option stays as it is.
  private static func lowercasingFirst(_ text: String) -> String {
    let first = text.prefix(1)
    guard first != first.lowercased(), text.dropFirst().first?.isLowercase == true else {
      return text
    }
    return first.lowercased() + text.dropFirst()
  }

  /// The command that ArgumentParser names for help, in `See 'lanyard login --help' for more information.`.
  private static func help(in text: String) -> String? {
    guard let see = text.firstRange(of: "See '") else { return nil }
    let command = text[see.upperBound...].prefix { $0 != "'" }
    return command.hasSuffix("--help") ? String(command) : nil
  }
}

extension ParsableArguments {
  /// Words that were not typed for this process parsed, such as a kubeconfig's; throws a usage failure.
  static func parsing(_ words: [String]) throws(Failure) -> Self {
    do {
      return try parse(words)
    } catch {
      throw UsageMessage(message: message(for: error), fullMessage: "").failure
    }
  }
}
