// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a program left behind.
struct Outcome: Sendable {
  /// The exit code, or 128 plus the signal that ended it.
  let status: Int
  let output: String
  let errors: String
}

/// A program that runs, and what it has said on stderr so far.
///
/// stderr goes to a file, which can be read while the program waits for an answer.
final class Conversation {
  private var child: ChildProcess
  private var ended: Outcome?
  private let said: String

  init(_ words: [String], environment: [String: String], scratch: String) throws {
    said = "\(scratch)/\(UUID().uuidString).err"
    // exec keeps the process: signals go to the program itself.
    child = try ChildProcess(
      ["/bin/sh", "-c", "said=$1; shift; exec \"$@\" 2>\"$said\"", "sh", said] + words,
      environment: environment
    )
  }

  deinit { child.kill() }

  var processID: Int32 { child.processID }

  /// What came on stderr until now.
  var errors: String { (try? PrivateFile.read(said)) ?? "" }

  /// Sends a signal to the program alone.
  func send(_ signal: Int32) {
    if ended == nil { child.send(signal) }
  }

  /// The result, if the program has ended.
  func outcome() -> Outcome? {
    if ended == nil, let result = child.collect() {
      ended = Outcome(status: result.status, output: result.output, errors: errors)
    }
    return ended
  }

  /// Waits for the end; gives up after three minutes.
  func result() async throws -> Outcome {
    try await eventually("the end of the program") { outcome() }
  }

  /// Waits until stderr has what `find` looks for; fails at once if the program ends without.
  func hears(_ find: (String) -> String?) async throws -> String {
    try await eventually("words on stderr") {
      if let found = find(errors) { return found }
      if let result = outcome(), find(errors) == nil {
        throw LabError(.process, "ended with \(result.status) and said: \(errors)")
      }
      return nil
    }
  }
}

/// Waits for a condition, whatever the speed of the machine; throws after three minutes.
func eventually<Value>(_ what: String, _ look: () async throws -> Value?) async throws -> Value {
  let deadline = ContinuousClock.now + .seconds(180)
  while true {
    if let value = try await look() { return value }
    guard ContinuousClock.now < deadline else {
      throw LabError(.process, "waited three minutes for \(what)")
    }
    try await Task.sleep(for: .milliseconds(5))
  }
}
