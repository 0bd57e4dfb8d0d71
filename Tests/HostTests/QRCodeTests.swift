// SPDX-License-Identifier: Apache-2.0
import Host
import Testing

@Suite struct QRCodeTests {
  private static let utf8 = ["LANG": "en_US.UTF-8", "TERM": "xterm-256color"]
  private static let text = "https://idp.example/device?user_code=WDJB-MJHT"

  /// The three corners by which a code is found (ISO/IEC 18004 §6.3.3).
  @Test func theCodeHasItsFinderPatterns() throws {
    let code = try #require(QRCode(Self.text))
    let size = code.rows.count
    try #require(size == 29)
    #expect(code.rows.allSatisfy { $0.count == size })
    for (top, left) in [(0, 0), (0, size - 7), (size - 7, 0)] {
      for row in 0..<7 {
        for column in 0..<7 {
          let ring = max(abs(row - 3), abs(column - 3))
          #expect(code.rows[top + row][left + column] == (ring != 2))
        }
      }
    }
  }

  /// What is drawn, with its blocks read back into modules.
  @Test func theDrawingIsTheCodeInALightMargin() throws {
    let code = try #require(QRCode(Self.text))
    let lines = try #require(code.lines(columns: 33, height: 17, environment: Self.utf8))
    try #require(lines.count == 17)
    var drawn: [[Bool]] = []
    for line in lines {
      #expect(line.hasPrefix("\u{1b}[38;5;16;48;5;231m") && line.hasSuffix("\u{1b}[0m"))
      let cells = line.dropFirst("\u{1b}[38;5;16;48;5;231m".count).dropLast("\u{1b}[0m".count)
      #expect(cells.count == 33)
      drawn.append(cells.map { $0 == "█" || $0 == "▀" })
      drawn.append(cells.map { $0 == "█" || $0 == "▄" })
    }
    try #require(code.rows.count == 29)
    for (index, row) in drawn.enumerated() {
      let isCode = (2..<31).contains(index)
      let expected = isCode ? code.rows[index - 2] : [Bool](repeating: false, count: 29)
      #expect(row == [false, false] + expected + [false, false])
    }
  }

  @Test(
    arguments: [
      (32, nil, utf8), (33, 16, utf8), (33, nil, ["TERM": "xterm"]),
      (80, nil, ["LANG": "C", "TERM": "xterm"]), (80, nil, ["LANG": "C.UTF-8", "TERM": "dumb"]),
      (80, nil, ["LANG": "C.UTF-8"]), (80, nil, ["LANG": "C.UTF-8", "TERM": "x", "NO_COLOR": "1"]),
      (80, nil, ["LC_ALL": "POSIX", "LANG": "C.UTF-8", "TERM": "xterm"]),
    ] as [(Int, Int?, [String: String])]
  )
  func whereItCannotBeShownThereIsNone(
    _ columns: Int,
    _ height: Int?,
    _ environment: [String: String]
  ) throws {
    let code = try #require(QRCode(Self.text))
    #expect(code.lines(columns: columns, height: height, environment: environment) == nil)
  }

  @Test(arguments: [["LC_CTYPE": "de_DE.utf8", "TERM": "linux"], utf8])
  func whereItCanBeShownItIs(_ environment: [String: String]) throws {
    let code = try #require(QRCode(Self.text))
    #expect(code.lines(columns: 33, height: nil, environment: environment) != nil)
  }

  @Test func whatIsNoTextForACodeHasNone() {
    #expect(QRCode("") == nil)
    #expect(QRCode("a\0b") == nil)
    #expect(QRCode(String(repeating: "x", count: 512)) != nil)
    #expect(QRCode(String(repeating: "x", count: 513)) == nil)
  }
}
