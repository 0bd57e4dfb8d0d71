// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif
package import OAuth

/// Everything that obtaining a cloud's token does to the world, in one record.
///
/// Built in one place (Commands/Cloud); tests build another.
package struct CloudEffects: Sendable {
  /// The wall clock.
  package var now: @Sendable () -> Date
  /// So many bytes from the system's generator.
  package var random: @Sendable (_ count: Int) -> [UInt8]
  /// Sleeps so many seconds; throws when cancelled.
  package var pause: @Sendable (_ seconds: Double) async throws -> Void
  /// The environment of the process; a variable that is set but empty counts as unset and is not in it.
  package var environment: [String: String]
  /// The home folder: `HOME`, else that of the user database; nil if there is none.
  package var home: String?
  /// The home folder that the user database names, which no kubeconfig can choose as it can `HOME`.
  package var accountHome: String?
  /// Whether the user's own configuration file allows what a kubeconfig and what it points to may not do.
  package var allows: @Sendable (CloudPermission) -> Bool
  /// Sends one request, through proxies where the environment names them; it follows no redirects.
  package var send:
    @Sendable (TransportTrust, HTTPCall) async throws(TransportFailure) -> HTTPAnswer
  /// Sends one request to a metadata service: never through a proxy, and for at most so many seconds.
  package var sendDirect:
    @Sendable (_ seconds: Double, HTTPCall) async throws(TransportFailure) -> HTTPAnswer
  /// The content of a regular file; nil if there is none, also when it is a folder or larger than the limit in bytes.
  package var readFile: @Sendable (_ path: String, _ limit: Int) throws(CloudError) -> [UInt8]?
  /// Replaces a file by rename, mode 0600 unless it was there with another; the folder has to be there.
  package var replaceFile: @Sendable (_ path: String, _ bytes: [UInt8]) throws(CloudError) -> Void
  /// Throws unless a file can be replaced now; nothing that lies there is touched.
  package var proveReplaceable: @Sendable (_ path: String) throws(CloudError) -> Void = { _ in }
  /// The rows that a vendor's SQLite file has for a question, each value as text; nil if there is no such file.
  ///
  /// It is opened for reading only. Throws `.temporary` while another program holds it for longer than the question
  /// waits, `.configuration` for a file that is none or has no such table.
  package var query: @Sendable (DatabaseQuery) throws(CloudError) -> [[[UInt8]?]]? = { _ in nil }
  /// Whether the API server seems to have refused the token that was printed last.
  package var isRejected = false
  /// Runs a program without a shell and with nothing on its standard input.
  package var run: @Sendable (ProgramCall) async throws(CloudError) -> ProgramAnswer
  /// Asks for one line at the terminal, shown while it is typed or not; nil if there is nobody to ask.
  package var ask:
    @Sendable (_ question: String, _ echoes: Bool) async throws(CloudError) -> String?
  /// Says something to the person, a line at a time; escaped by the callee.
  package var tell: @Sendable (String) -> Void
  /// Says what is being done, when `-v` asks for it; never given anything secret.
  package var trace: @Sendable (String) -> Void
  /// What is kept under this identity and meets the terms; else what `make` gives, kept from then on.
  ///
  /// One process at a time makes it, and the others find what it made; a temporary failure is shared for some seconds.
  /// What does not meet the terms but is good serves on while the cloud is away or slow, or a person would have to sign
  /// in.
  /// Where nothing can be kept, each process makes its own.
  package var kept:
    @Sendable (
      _ identity: KeptIdentity, _ terms: KeptTerms,
      _ make: @escaping @Sendable () async throws(CloudError) -> KeptSecret
    ) async throws(CloudError) -> KeptSecret

  /// Runs `body` while no other process of ours does so for the same identity, and gives what it gives.
  ///
  /// For vendors' files with refresh tokens: read again inside, and write before leaving. Where `outliving` says what a
  /// body spends, a process that outlives this one does it instead; else signals that end a process are held back
  /// meanwhile.
  package var alone:
    @Sendable (
      _ identity: KeptIdentity, _ outliving: Outliving?,
      _ body: @escaping @Sendable () async throws(CloudError) -> KeptSecret
    ) async throws(CloudError) -> KeptSecret

  /// The command with which lanyard itself logs a person in for the very context that asks; nil if that is not known.
  package var loginCommand: @Sendable () -> String? = { nil }

  /// Makes the record.
  package init(
    now: @escaping @Sendable () -> Date,
    random: @escaping @Sendable (Int) -> [UInt8],
    pause: @escaping @Sendable (Double) async throws -> Void,
    environment: [String: String],
    home: String?,
    accountHome: String?,
    allows: @escaping @Sendable (CloudPermission) -> Bool,
    send:
      @escaping @Sendable (TransportTrust, HTTPCall) async throws(TransportFailure) ->
      HTTPAnswer,
    sendDirect: @escaping @Sendable (Double, HTTPCall) async throws(TransportFailure) -> HTTPAnswer,
    readFile: @escaping @Sendable (String, Int) throws(CloudError) -> [UInt8]?,
    replaceFile: @escaping @Sendable (String, [UInt8]) throws(CloudError) -> Void,
    run: @escaping @Sendable (ProgramCall) async throws(CloudError) -> ProgramAnswer,
    ask: @escaping @Sendable (String, Bool) async throws(CloudError) -> String?,
    tell: @escaping @Sendable (String) -> Void,
    trace: @escaping @Sendable (String) -> Void,
    kept:
      @escaping @Sendable (
        KeptIdentity, KeptTerms, @escaping @Sendable () async throws(CloudError) -> KeptSecret
      ) async throws(CloudError) -> KeptSecret,
    alone:
      @escaping @Sendable (
        KeptIdentity, Outliving?, @escaping @Sendable () async throws(CloudError) -> KeptSecret
      ) async throws(CloudError) -> KeptSecret
  ) {
    (self.now, self.random, self.pause) = (now, random, pause)
    (self.environment, self.home, self.accountHome) = (environment, home, accountHome)
    (self.allows, self.send, self.sendDirect) = (allows, send, sendDirect)
    (self.readFile, self.replaceFile, self.run) = (readFile, replaceFile, run)
    (self.ask, self.tell, self.trace) = (ask, tell, trace)
    (self.kept, self.alone) = (kept, alone)
  }
}

/// Whose secret is kept: never a kubeconfig context, so that one identity serves all its clusters.
package struct KeptIdentity: Sendable, Hashable {
  /// What it is, for messages and `lanyard status`: `AWS role arn:aws:iam::111122223333:role/dev`.
  package let name: String
  /// Everything that decides whose it is and what it may do; two identities with equal parts are one.
  package let parts: [String]

  /// Names an identity.
  package init(name: String, parts: [String]) {
    self.name = name
    self.parts = parts
  }
}

/// Until when something that is kept serves, while it can be had anew.
package struct KeptTerms: Sendable, Equatable {
  /// Seconds that it must have left.
  package var enough: Double
  /// Whether it serves until then instead of to 80 % of its life: because having it anew takes a person.
  package var untilOver: Bool
  /// Whether making it spends something that there is once only, so that it is never given up half-way.
  package var spends: Bool

  /// States the terms.
  package init(enough: Double, untilOver: Bool = false, spends: Bool = false) {
    self.enough = enough
    self.untilOver = untilOver
    self.spends = spends
  }
}

/// A question to a vendor's SQLite file.
package struct DatabaseQuery: Sendable, Equatable {
  /// The file.
  package var path: String
  /// One SELECT, with its parameters as `?1`, `?2`, ….
  package var statement: String
  /// The parameters, as text.
  package var parameters: [String]
  /// Seconds that a lock of another program is waited for.
  package var seconds: Double

  /// Puts a question together.
  package init(path: String, statement: String, parameters: [String], seconds: Double) {
    self.path = path
    self.statement = statement
    self.parameters = parameters
    self.seconds = seconds
  }
}

/// A program to run.
package struct ProgramCall: Sendable {
  /// The program (a path, or a name to look for in `PATH`) and its arguments.
  package var words: [String]
  /// Variables set beside the process's own environment.
  package var variables: [String: String]
  /// After so many seconds it is ended.
  package var seconds: Double
  /// The folder that it runs in; nil: this process's.
  package var folder: String?
  /// Whether the process's own environment is inherited; else `HOME`, `PATH`, language and keyring are the account's,
  /// and `variables` all that comes beside them.
  package var inherits: Bool

  /// Describes a call.
  package init(
    _ words: [String],
    variables: [String: String] = [:],
    seconds: Double,
    folder: String? = nil,
    inherits: Bool = true
  ) {
    self.words = words
    self.variables = variables
    self.seconds = seconds
    self.folder = folder
    self.inherits = inherits
  }
}

/// What a program left.
package struct ProgramAnswer: Sendable {
  /// Its exit status; 128 and the signal if one ended it.
  package var status: Int32
  /// Its standard output, at most 1 MiB; secret until something says otherwise.
  package var output: Secret
  /// Its standard error, at most 64 KiB.
  package var errors: String

  /// Puts an answer together.
  package init(status: Int32, output: Secret, errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }
}
