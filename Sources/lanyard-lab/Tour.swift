// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `lanyard-lab tour`: the story of access and refresh tokens, told and checked.
struct TakeTour: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tour",
    abstract: "See the life of a credential in half a minute, with tokens that live for seconds.",
    discussion: """
      Log in, kubectl works, the access token expires, lanyard renews it, the refresh token expires, lanyard says \
      what to do, log in again. Each step runs real commands and checks what they did; the tour fails at the first \
      that does not behave. It works in a folder of its own and touches none of your files.

      As OpenID Connect has it, an ID token comes with each access token and lives as long; it is what kubectl \
      sends.
      """
  )

  @Flag(help: "Leave the login page to you: the tour prints its address and waits ten minutes.")
  var browser = false

  @Option(
    help: ArgumentHelp("How long access and ID tokens live, 3 or more.", valueName: "seconds")
  )
  var accessLifetime = 4

  @Option(
    help: ArgumentHelp(
      "How long a refresh token lives once issued, at least twice as long.",
      valueName: "seconds"
    )
  )
  var refreshLifetime = 12

  @OptionGroup var common: CommonOptions

  func validate() throws {
    let lives = 1...LabOptions.longest
    try ValidationError.unless(lives, contains: accessLifetime, "access-lifetime")
    try ValidationError.unless(lives, contains: refreshLifetime, "refresh-lifetime")
  }

  func run() async throws {
    let program = LabFiles.lanyardProgram(common.lanyard)
    guard program.exists else {
      throw LabError(
        .process,
        "there is no lanyard at \(program.path)",
        remedy: "build it, or name it with --lanyard"
      )
    }
    let options = try TourOptions(
      lab: labOptions(),
      lanyard: program.path,
      kubectl: ProcessRunner.find("kubectl"),
      leavesLoginToPerson: browser
    )
    let style = Timeline.Style.forOutput(
      isTerminal: isatty(1) == 1,
      environment: ProcessRunner.environment
    )
    do {
      try await Tour.run(options, style: style) { text in
        print(text, terminator: "")
        flushOutput()
      }
    } catch is CancellationError {
      print("\nthe tour was interrupted")
      throw ExitCode(130)
    }
  }

  private func labOptions() throws -> LabOptions {
    var options = try common.options()
    options.accessLifetime = accessLifetime
    options.refreshLifetime = refreshLifetime
    return options
  }
}
