// SPDX-License-Identifier: Apache-2.0
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder of a test's own, gone after it.
final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/lanyard-host-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let start = buffer.baseAddress, let base = unsafe mkdtemp(start) else { return nil }
      return unsafe String(cString: base)
    }
    path = try #require(made)
  }

  deinit {
    _ = try? run("/bin/rm", ["-rf", path])
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path.
  func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws -> String {
    let target = file(name)
    let descriptor = unsafe open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    try #require(descriptor >= 0)
    writeAll(descriptor, text)
    close(descriptor)
    return target
  }

  private func writeAll(_ descriptor: Int32, _ text: String) {
    for byte in Array(text.utf8) {
      var byte = byte
      unsafe _ = systemWrite(descriptor, &byte)
    }
  }
}

private func systemWrite(_ descriptor: Int32, _ byte: UnsafeRawPointer) -> Int {
  unsafe write(descriptor, byte, 1)
}

/// Starts a program with our stdio and ordinary signals; the caller waits for it.
func spawn(_ executable: String, _ arguments: [String]) throws -> pid_t {
  var pointers = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
  defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
  var pid: pid_t = 0
  let status = unsafe posix_spawn(&pid, executable, nil, nil, &pointers, environ)
  try #require(status == 0)
  return pid
}

/// Runs a program to its end and returns its exit status.
func run(_ executable: String, _ arguments: [String]) throws -> Int32 {
  exitStatus(of: try spawn(executable, arguments))
}

/// Waits for a child; 128 + n if signal n ended it.
func exitStatus(of pid: pid_t) -> Int32 {
  var status: Int32 = 0
  while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
  return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
}

/// Waits for something that must come about; a minute is for machines under load, not a measure.
func eventually(_ condition: () throws -> Bool) async throws -> Bool {
  for _ in 0..<6000 {
    if try condition() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return false
}
