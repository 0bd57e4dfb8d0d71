// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The lab's command line.
@main
struct LanyardLab: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lanyard-lab",
    abstract: "An identity provider and an API server in a box, to try lanyard with kubectl.",
    discussion: """
      Everything runs on loopback and in memory: nothing here protects anything, and nothing is left behind but the \
      files that you name.
      """,
    // That of lanyard, which the lab may not import.
    version: "lanyard-lab 0.1.0",
    subcommands: [Up.self, TakeTour.self, LogIn.self, Device.self]
  )

  static func main() async {
    Ending.end(await Ending.run(Array(CommandLine.arguments.dropFirst())))
  }
}
