// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Host

/// The command line of Lanyard.
struct Lanyard: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lanyard",
    abstract: "Keeps Kubernetes access tokens fresh and refresh tokens safe.",
    discussion: """
      kubectl runs "lanyard get-token" by itself, once a kubeconfig user says so; "lanyard login" and \
      "lanyard logout" are for people.

      exit codes: 0 done, 1 failed, 2 usage, 3 a login is needed, 4 the issuer refused, 5 temporary: network \
      or issuer down, 6 the session store or its key is not available, 7 configuration is wrong
      """,
    version: "lanyard \(Version.current)",
    subcommands: [GetToken.self, LogIn.self, LogOut.self, Trust.self]
  )
}

/// The version of this program.
enum Version {
  static let current = "0.1.0"
}

/// Runs the program with the arguments of the process and ends it with the exit code of design.
///
/// The process's stdout carries the result of a command and nothing else.
package func runLanyard() async -> Never {
  StandardDescriptors.occupy()
  CoreFiles.forbid()
  SignalPolicy.ignorePipe()
  guard let arguments = ProcessArguments.text else {
    ExitCodes.end(ExitCodes.told(ProcessArguments.notText))
  }
  if arguments == [RenewSession.name] { ExitCodes.end(await RenewSession.run()) }
  if arguments == [RenewSignIn.name] { ExitCodes.end(await RenewSignIn.run()) }
  ExitCodes.end(await ExitCodes.run(Lanyard.self, arguments))
}
