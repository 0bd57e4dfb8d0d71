// SPDX-License-Identifier: Apache-2.0
import CQREncode

/// A QR code (ISO/IEC 18004) for a terminal, so that a phone can take over an address.
package struct QRCode: Sendable, Equatable {
  /// The rows of modules; true is dark.
  package let rows: [[Bool]]

  /// The most bytes of text; more would need more lines than terminals have.
  private static let limit = 512

  /// The code of a text at the lowest error correction, which suffices on a screen; nil if it does not fit.
  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= Self.limit, !text.utf8.contains(0),
      let code = unsafe QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L)
    else { return nil }
    defer { unsafe QRcode_free(code) }
    let width = unsafe Int(code.pointee.width)
    guard width > 0, let data = unsafe code.pointee.data else { return nil }
    let modules = unsafe UnsafeBufferPointer(start: data, count: width * width)
    rows = (0..<width).map { row in
      (0..<width).map { unsafe modules[row * width + $0] & 1 == 1 }
    }
  }

  /// The code in lines of half blocks, in black on white whatever the terminal's colours are.
  ///
  /// - Parameters:
  ///   - columns: The terminal's width.
  ///   - height: The terminal's height, if it is known.
  ///   - environment: The process environment, which says what the terminal can show.
  /// - Returns: The lines, with the sequences for colours; nil if the terminal is too small, has no colours or
  ///   blocks, or `NO_COLOR` is set.
  package func lines(columns: Int, height: Int?, environment: [String: String]) -> [String]? {
    let padded = padded
    guard Self.canShow(environment), padded.count <= columns,
      (padded.count + 1) / 2 <= height ?? Int.max
    else { return nil }
    return stride(from: 0, to: padded.count, by: 2).map { top in
      let upper = padded[top]
      // An odd last row has nothing but the light margin below it.
      let lower = top + 1 < padded.count ? padded[top + 1] : upper.map { _ in false }
      let cells = zip(upper, lower).map { Self.cell(upper: $0, lower: $1) }
      return "\u{1b}[38;5;16;48;5;231m\(String(cells))\u{1b}[0m"
    }
  }

  /// The rows with a light margin.
  ///
  /// The standard asks for four modules; two are read by all phones, and save two lines.
  private var padded: [[Bool]] {
    let margin = 2
    let side = [Bool](repeating: false, count: margin)
    let blank = [Bool](repeating: false, count: rows.count + 2 * margin)
    let edge = [[Bool]](repeating: blank, count: margin)
    return edge + rows.map { side + $0 + side } + edge
  }

  private static func cell(upper: Bool, lower: Bool) -> Character {
    switch (upper, lower) {
    case (true, true): "█"
    case (true, false): "▀"
    case (false, true): "▄"
    case (false, false): " "
    }
  }

  /// Whether a terminal shows block characters and colours, by locale(7), term(7) and no-color.org.
  private static func canShow(_ environment: [String: String]) -> Bool {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "").lowercased()
    guard locale.contains("utf-8") || locale.contains("utf8") else { return false }
    guard let terminal = value("TERM"), terminal != "dumb" else { return false }
    return value("NO_COLOR") == nil
  }
}
