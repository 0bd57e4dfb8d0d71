// SPDX-License-Identifier: Apache-2.0

/// Writes the tour for a person: seconds since the start on the left, what happened on the right.
package struct Timeline: Sendable {
  /// What the reader's terminal can do.
  package struct Style: Sendable {
    /// Whether to colour.
    package let colour: Bool
    /// Whether a line can be written over, so that waiting is seen to count down.
    package let repaints: Bool

    package init(colour: Bool, repaints: Bool) {
      self.colour = colour
      self.repaints = repaints
    }

    /// The style for standard output: colour only on a terminal that is not dumb, and not with a
    /// `NO_COLOR` that is not empty (no-color.org).
    package static func forOutput(isTerminal: Bool, environment: [String: String]) -> Style {
      let capable = isTerminal && environment["TERM"] != "dumb"
      let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
      return Style(colour: capable && !refused, repaints: capable)
    }
  }

  private enum Colour: String {
    case bold = "1"
    case dim = "2"
    case green = "32"
    case red = "31"
    case cyan = "36"
  }

  private let style: Style
  private let write: @Sendable (String) -> Void
  private let start = ContinuousClock.now
  private static let indent = String(repeating: " ", count: 9)

  init(_ style: Style, write: @escaping @Sendable (String) -> Void) {
    self.style = style
    self.write = write
  }

  /// Seconds since the start with one decimal, such as `4.2 s`.
  var elapsed: String { Self.seconds(ContinuousClock.now - start) }

  /// A paragraph outside the timeline.
  func say(_ text: String) { write(text + "\n") }

  /// The heading of a step, after an empty line.
  func heading(_ number: Int, _ title: String) {
    write("\n\(stamp)\(paint("\(number). \(title)", .bold))\n")
  }

  /// A command, as a person would type it.
  func command(_ text: String) { write("\(stamp)\(paint("$ \(text)", .cyan))\n") }

  /// What a program printed, indented.
  func output(_ lines: [String]) {
    for line in lines { write("\(Self.indent)\(paint("│ \(line)", .dim))\n") }
  }

  /// A remark of the tour's own.
  func note(_ text: String) { write("\(stamp)\(text)\n") }

  /// Something behaved.
  func passed(_ text: String) { write("\(stamp)\(paint("✓", .green)) \(text)\n") }

  /// Something did not.
  func failed(_ text: String) { write("\(stamp)\(paint("✗", .red)) \(text)\n") }

  /// Waiting for something began, such as `the access token expires`.
  func waiting(until what: String, seconds: Double) {
    let text = countdown(what, seconds)
    write(style.repaints ? text : text + "\n")
  }

  /// The wait goes on; shown only where a line can be written over.
  func stillWaiting(until what: String, seconds: Double) {
    if style.repaints { write("\r\u{1b}[K" + countdown(what, seconds)) }
  }

  /// The wait is over.
  func waited(until what: String) {
    if style.repaints { write("\r\u{1b}[K\(stamp)… \(what)\n") }
  }

  private func countdown(_ what: String, _ seconds: Double) -> String {
    "\(stamp)… \(Self.oneDecimal(max(0, seconds))) s until \(what)"
  }

  private var stamp: String {
    let text = elapsed
    return String(repeating: " ", count: max(0, 7 - text.count)) + text + "  "
  }

  private func paint(_ text: String, _ colour: Colour) -> String {
    style.colour ? "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m" : text
  }

  private static func seconds(_ duration: Duration) -> String {
    oneDecimal(duration / .seconds(1)) + " s"
  }

  static func oneDecimal(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
