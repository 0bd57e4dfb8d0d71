// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A program at a terminal of its own, which script(1) makes, and a person who types.
final class TerminalConversation {
  private let conversation: Conversation
  private let transcript: String
  private let keyboard: Int32

  init(_ desk: Desk, _ words: [String], _ variables: [String: String] = [:]) throws {
    let name = UUID().uuidString
    let keys = "\(desk.folder)/scratch/\(name).keys"
    transcript = "\(desk.folder)/scratch/\(name).screen"
    try #require(unsafe mkfifo(keys, 0o600) == 0)
    // For reading as well, so that opening it waits for nobody.
    keyboard = unsafe open(keys, O_RDWR | O_CLOEXEC)
    try #require(keyboard >= 0)
    let quoted = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
    conversation = try desk.start(
      [
        "/bin/sh", "-c", "exec script -qfec \"$1\" \"$2\" <\"$3\" >/dev/null", "sh", quoted,
        transcript, keys,
      ],
      variables
    )
  }

  deinit { close(keyboard) }

  /// What stands on the screen until now.
  var screen: String {
    ((try? PrivateFile.read(transcript)) ?? "").replacing("\r\n", with: "\n")
  }

  /// Types a line and presses Enter.
  func type(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(keyboard, $0.baseAddress, $0.count) }
  }

  /// Waits until the screen has what `find` looks for; fails at once if the program ends without.
  func shows(_ find: (String) -> String?) async throws -> String {
    try await eventually("words on the screen") {
      if let found = find(screen) { return found }
      if let result = conversation.outcome(), find(screen) == nil {
        throw LabError(.process, "ended with \(result.status) and showed: \(screen)")
      }
      return nil
    }
  }

  /// Waits for the end; gives the exit code.
  func status() async throws -> Int { try await conversation.result().status }
}
