// SPDX-License-Identifier: Apache-2.0

import Host

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is asked and drawn at the terminal, made of `Host`.
enum LiveTerminal {
  /// One line; nil if there is no terminal to ask at, or another process has it.
  ///
  /// Throws when cancelled.
  static func ask(_ question: String, echoes: Bool) async throws -> String? {
    guard let terminal = Terminal.openTTY() else { return nil }
    defer { close(terminal) }
    do throws(HostError) {
      return try await TerminalLine.read(
        question,
        from: terminal,
        echo: echoes ? .visible : .hidden
      )
    } catch {
      if error.code == .cancelled { throw error }
      return nil
    }
  }

  /// A QR code on standard error, if that is a terminal which can show it.
  static func showQRCode(_ text: String, _ environment: [String: String]) {
    guard Terminal.isTerminal(STDERR_FILENO), let size = Terminal.size(STDERR_FILENO),
      let lines = QRCode(text)?.lines(
        columns: size.columns,
        height: size.rows,
        environment: environment
      )
    else { return }
    lines.forEach { StandardError.write($0) }
  }
}
