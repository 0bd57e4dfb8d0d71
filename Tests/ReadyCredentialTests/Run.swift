// SPDX-License-Identifier: Apache-2.0

import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a program left behind.
struct Outcome {
  var exit: Int32
  var output: String
  var errors: String
}

/// Runs a program to its end, with this environment only; its output closed, or a file that is given.
func run(
  _ path: String,
  _ arguments: [String],
  environment: [String: String],
  closedOutput: Bool = false,
  output: String? = nil
) throws -> Outcome {
  let (outputFile, outputName) = temporaryFile()
  let (errorsFile, errorsName) = temporaryFile()
  defer {
    close(outputFile)
    close(errorsFile)
    unsafe unlink(outputName)
    unsafe unlink(errorsName)
  }
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  unsafe posix_spawn_file_actions_adddup2(&actions, outputFile, 1)
  unsafe posix_spawn_file_actions_adddup2(&actions, errorsFile, 2)
  if closedOutput { unsafe posix_spawn_file_actions_addclose(&actions, 1) }
  if let output { unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY, 0) }
  var process: pid_t = 0
  let status = unsafe withCStrings([path] + arguments) { argv in
    unsafe withCStrings(environment.map { "\($0)=\($1)" }) { envp in
      unsafe posix_spawn(&process, path, &actions, nil, argv, envp)
    }
  }
  try #require(status == 0, "\(path) could not be started: \(status)")
  var ended: Int32 = 0
  while unsafe waitpid(process, &ended, 0) < 0, errno == EINTR {}
  return Outcome(
    exit: ended & 0x7f == 0 ? (ended >> 8) & 0xff : -(ended & 0x7f),
    output: String(decoding: content(of: outputName) ?? [], as: UTF8.self),
    errors: String(decoding: content(of: errorsName) ?? [], as: UTF8.self)
  )
}

/// A new file, open, and its name.
private func temporaryFile() -> (Int32, String) {
  var name = Array("/tmp/lanyard-run-XXXXXX".utf8CString)
  let file = unsafe mkstemp(&name)
  return (file, String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
  _ texts: [String],
  _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = unsafe texts.map { unsafe strdup($0) }
  defer { unsafe copies.forEach { unsafe free($0) } }
  return unsafe body(copies + [nil])
}
