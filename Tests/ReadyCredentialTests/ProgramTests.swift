// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import Glibc
import ReadyCredential
import Testing

/// The program `lanyard` as it is built, copied to where a stand-in for `lanyard-full` lies beside it.
@Suite struct ProgramTests {
  static let request = ["get-token", "oidc", "--issuer-url=https://idp.example", "two words", ""]

  @Test func printsAReadyCredentialAndNothingElse() throws {
    let scratch = try installed(full: "bin/lanyard-full")
    let environment = variables(scratch)
    try keep(scratch, environment)
    let outcome = try run(program(scratch), Self.request, environment: environment)
    #expect(outcome.exit == 0)
    #expect(outcome.output == String(decoding: body, as: UTF8.self))
    #expect(outcome.errors.isEmpty)
  }

  @Test func aClosedOutputIsAFailure() throws {
    let scratch = try installed(full: "bin/lanyard-full")
    let environment = variables(scratch)
    try keep(scratch, environment)
    let outcome = try run(
      program(scratch),
      Self.request,
      environment: environment,
      closedOutput: true
    )
    #expect(outcome.exit == 1)
    #expect(outcome.errors == Self.notWritten + "  bad file descriptor\n")
  }

  private static let notWritten = "lanyard: the credential could not be written to stdout\n"

  @Test func aFullDiskIsNamed() throws {
    let scratch = try installed(full: "bin/lanyard-full")
    let environment = variables(scratch)
    try keep(scratch, environment)
    let outcome = try run(
      program(scratch),
      Self.request,
      environment: environment,
      output: "/dev/full"
    )
    #expect(outcome.exit == 1)
    #expect(outcome.errors == Self.notWritten + "  no space left on device\n")
  }

  @Test(arguments: [
    (EPIPE, "whoever ran lanyard has gone"), (ENOSPC, "no space left on device"),
    (EBADF, "bad file descriptor"),
  ])
  func whyAnOutputFails(number: Int32, words: String) {
    #expect(Output.reason(number) == words)
  }

  @Test(arguments: ["bin/lanyard-full", "libexec/lanyard/lanyard-full"])
  func otherwiseItBecomesTheFullProgram(place: String) throws {
    let scratch = try installed(full: place)
    let outcome = try run(program(scratch), Self.request, environment: variables(scratch))
    #expect(outcome.exit == 42)
    #expect(outcome.output == "5 [get-token] [oidc] [\(Self.request[2])] [two words] [] {}\n")
  }

  @Test(arguments: [[], ["--version"], ["login"], ["get-token", "aks"]])
  func whatIsNotAnsweredReadily(arguments: [String]) throws {
    let scratch = try installed(full: "bin/lanyard-full")
    let outcome = try run(program(scratch), arguments, environment: variables(scratch))
    #expect(outcome.exit == 42)
    #expect(outcome.output.hasPrefix("\(arguments.count) "))
  }

  @Test func throughASymlinkTheFullProgramIsFound() throws {
    let scratch = try installed(full: "bin/lanyard-full")
    let link = scratch.path + "/kubectl-lanyard"
    try unsafe succeeded(symlink(program(scratch), link))
    #expect(try run(link, ["status"], environment: variables(scratch)).exit == 42)
  }

  @Test func withoutTheFullProgramItSaysSo() throws {
    let scratch = try installed(full: nil)
    let outcome = try run(program(scratch), Self.request, environment: variables(scratch))
    #expect(outcome.exit == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("lanyard: cannot start lanyard-full, the other half"))
    #expect(outcome.errors.contains("\n  install both files side by side"))
  }

  @Test func noEnvironmentAtAllIsAMiss() throws {
    let scratch = try installed(full: "bin/lanyard-full")
    #expect(try run(program(scratch), Self.request, environment: [:]).exit == 42)
  }

  /// Starting it must not cost what loading libraries costs (docs/linking.md).
  @Test func theProgramIsStatic() throws {
    let scratch = try installed(full: nil)
    let image = try #require(content(of: program(scratch), limit: 1 << 26))
    let interpreter = Array("/lib64/ld-linux".utf8)
    #expect(image.count > 1_000_000)
    #expect(image.prefix(4096).contains(interpreter) == false)
  }

  private func program(_ scratch: borrowing Scratch) -> String { scratch.path + "/bin/lanyard" }

  private func variables(_ scratch: borrowing Scratch) -> [String: String] {
    ["HOME": scratch.path, "KUBERNETES_EXEC_INFO": "{}"]
  }

  private func keep(_ scratch: borrowing Scratch, _ environment: [String: String]) throws {
    let around = surroundings(environment, user: geteuid())
    let store = try #require(StorePath.resolve(around))
    let key = try #require(
      ReadyCredentialKey(
        arguments: Self.request.map { Array($0.utf8) },
        surroundings: around,
        storePath: store
      )
    )
    let terms = ReadyTerms(
      validFrom: UnixTime(seconds: 0),
      renewAt: UnixTime(seconds: 1 << 40),
      epoch: []
    )
    try #require(ReadyFolder.resolve(around)).write(body, for: key, terms: terms)
  }

  private func installed(full: String?) throws -> Scratch {
    let scratch = try Scratch()
    let folders = try #require(CommandLine.arguments.first).split(
      separator: "/",
      omittingEmptySubsequences: false
    )
    let built = folders.dropLast().joined(separator: "/") + "/lanyard"
    for folder in ["bin", "libexec", "libexec/lanyard"] { try scratch.makeFolder(folder) }
    let copied = try run("/bin/cp", [built, program(scratch)], environment: [:])
    try #require(copied.exit == 0, "\(copied.errors)")
    if let full {
      let script = """
        #!/bin/sh
        printf %s $#; for a in "$@"; do printf ' [%s]' "$a"; done
        printf ' %s\\n' "$KUBERNETES_EXEC_INFO"; exit 42
        """
      // Copied by another process, as above: a descriptor of ours that is open for writing would be inherited by the
      // children of tests beside this one, and a file that somebody may write cannot be run (ETXTBSY).
      try scratch.write("script", Array(script.utf8), mode: 0o755)
      let made = try run(
        "/bin/cp",
        ["-p", scratch.path + "/script", scratch.path + "/" + full],
        environment: [:]
      )
      try #require(made.exit == 0, "\(made.errors)")
    }
    return scratch
  }
}
#endif
