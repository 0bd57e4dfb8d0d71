// SPDX-License-Identifier: Apache-2.0

/// The output of a program as the tour shows it.
enum TourOutput {
  /// The lines, each once and without kubectl's own log, and whether any was left out.
  ///
  /// kubectl runs a failing plugin again for each of its requests, and logs every time.
  static func lines(_ text: String) -> (lines: [String], repeats: Bool) {
    var seen: Set<Substring> = []
    let all = text.split(separator: "\n")
    let kept = all.filter { !isLog($0) && seen.insert($0).inserted }
    return (kept.map(String.init), kept.count < all.count)
  }

  /// Cuts a web address behind the question mark: a login page's has ten lines of parameters.
  static func withoutQuery(_ address: String) -> String {
    guard let mark = address.firstIndex(of: "?") else { return address }
    return address[..<mark] + "?…"
  }

  /// Whether a line is klog's: severity, month and day, such as `E1124 01:41:28.874531`.
  private static func isLog(_ line: Substring) -> Bool {
    guard let severity = line.first, "IWEF".contains(severity) else { return false }
    let date = line.dropFirst().prefix(5)
    return date.count == 5 && date.last == " " && date.dropLast().allSatisfy(\.isNumber)
  }
}
