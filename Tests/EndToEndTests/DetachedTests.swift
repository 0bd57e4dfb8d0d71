// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

/// The process of a renewal by itself, without an asker.
@Suite struct DetachedTests {
  /// Whatever it hangs in, SIGALRM ends it, and its lock with it.
  ///
  /// The library shortens alarms to a hundredth: four minutes are over before the ten seconds that an order may take.
  @Test(arguments: ["renew-session", "renew-sign-in"])
  func `a renewal that hangs is ended`(name: String) async throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "lanyard-detached")
    defer { PrivateFile.removeFolder(folder) }
    try PrivateFile.write("", to: "\(folder)/lock")
    // Nothing ever comes from a pipe that is open for writing too.
    let commands = """
      cd "$1" && rm -f orders && mkfifo orders && exec "$2" "$3" 3<>orders 4>/dev/null 5<>lock
      """
    let variables = try FakeTime.variables("+0 x100").merging([
      "HOME": folder, "PATH": ProcessRunner.environment["PATH", default: "/usr/bin:/bin"],
    ]) { _, new in new }
    let result = try await eventually("a process with its arguments") {
      let words = ["/bin/sh", "-c", commands, "sh", folder, "\(try Programs.lanyard)-full", name]
      let result = try await ProcessRunner.run(words, environment: variables)
      // On a busy machine the library can take the arguments away, and the program prints its help.
      return result.output.isEmpty ? result : nil
    }
    #expect(result.status == 128 + 14, "\(result.errors)")
  }
}
