// SPDX-License-Identifier: Apache-2.0

import Lab

/// A story in a text file: commands, and what each of them must answer.
///
/// One line, one word of the language and what it takes; a blank line or `#` means nothing.
///
///     let NAME VALUE     a variable of the environment of the commands that follow
///     fault TEXT         the next request to the lab goes wrong, as `lanyard-lab up --fault` writes it
///     state KIND         what the state folder is from now on: missing, read-only, full, foreign,
///                        unreachable
///     run WORD…          runs lanyard (never a shell) to its end
///     log-in WORD…       runs lanyard and answers its login page as alice
///     exit CODE          of the last run; without the line it must be 0
///     out TEXT           the next line of stdout; without such a line stdout must be empty
///     out-credential V   stdout is one ExecCredential of version V (v1 or v1beta1) and nothing else
///     err TEXT           the next line of stderr; without such a line stderr must be empty
///
/// `…` in a text stands for any words; `err …` and `out …` alone for any further lines. Words may be quoted
/// with `'`. `$ISSUER`, `$FOLDER` (private to the story), `$API_PORT` (a port in use) and `$LONG_EXEC_INFO` (a
/// `KUBERNETES_EXEC_INFO` of 120 KiB) are replaced everywhere.
struct Scenario {
  /// One command and what it must answer.
  struct Step {
    enum Action {
      case variable(String, String)
      case fault(String)
      case state(String)
      case run([String], answers: Bool)
    }

    let line: Int
    let action: Action
    var exit = 0
    var output: [String] = []
    var errors: [String] = []
    var credential: String?
  }

  private(set) var steps: [Step] = []

  /// Reads a story; throws `LabError.badOption` that names the line.
  init(parsing text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard let word = parts.first, !word.hasPrefix("#") else { continue }
      let rest = parts.count > 1 ? parts[1] : ""
      if let action = try Self.action(word, rest) {
        steps.append(Step(line: index + 1, action: action))
      } else if steps.isEmpty || !steps[steps.count - 1].expect(word, rest) {
        throw LabError(.badOption, "line \(index + 1): \"\(word)\" means nothing here")
      }
    }
  }

  private static func action(_ word: String, _ rest: String) throws -> Step.Action? {
    switch word {
    case "let":
      let halves = rest.split(separator: " ", maxSplits: 1).map(String.init)
      return .variable(halves[0], halves.count > 1 ? halves[1] : "")
    case "fault": return .fault(rest)
    case "state": return .state(rest)
    case "run": return .run(words(rest), answers: false)
    case "log-in": return .run(words(rest), answers: true)
    default: return nil
    }
  }

  /// Words between blanks; what stands between `'` belongs together.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quoted = false
    for character in text {
      switch character {
      case "'":
        quoted.toggle()
        word = word ?? ""
      case " " where !quoted:
        if let word { words.append(word) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    return words + [word].compactMap(\.self)
  }
}

extension Scenario.Step {
  /// Takes a line that says what the command must answer; false if it is none.
  fileprivate mutating func expect(_ word: String, _ rest: String) -> Bool {
    guard case .run = action else { return false }
    switch word {
    case "exit":
      guard let code = Int(rest) else { return false }
      exit = code
    case "out": output.append(rest)
    case "out-credential": credential = rest
    case "err": errors.append(rest)
    default: return false
    }
    return true
  }
}

/// Whether lines are as a story wants them.
enum Expectation {
  /// All lines in order, none besides; a pattern that is `…` alone takes any number of lines.
  static func holds(_ patterns: [String], _ lines: [String]) -> Bool {
    guard let pattern = patterns.first else { return lines.isEmpty }
    let rest = Array(patterns.dropFirst())
    if pattern == "…" {
      return (0...lines.count).contains { holds(rest, Array(lines.dropFirst($0))) }
    }
    guard let line = lines.first, matches(pattern, line) else { return false }
    return holds(rest, Array(lines.dropFirst()))
  }

  /// One line; `…` in it takes any text.
  static func matches(_ pattern: String, _ line: String) -> Bool {
    let parts = pattern.split(separator: "…", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else { return pattern == line }
    var rest = Substring(line)
    guard rest.hasPrefix(parts[0]) else { return false }
    rest = rest.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }
}
