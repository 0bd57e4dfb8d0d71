// SPDX-License-Identifier: Apache-2.0

import Credentials
import Host
import Kubeconfig
import OAuth
import ReadyCredential
import SessionStore

/// The catalogue as a document.
package enum ErrorTable {
  /// Codes of one module with the exit code that each ends a command with.
  package struct Section: Sendable {
    /// The heading, and what is common to its codes.
    package let title: String
    let introduction: String
    /// Exit codes are text: some codes are only a warning, and some end with what was being done.
    package let rows: [(entry: ErrorCatalogue.Entry, exit: String)]
    /// The names of its codes.
    package var names: [String] { rows.map(\.entry.name) }
  }

  /// All codes, by module.
  package static let sections: [Section] = [
    oauth, store, kubeconfig, host, ready, credentials, command,
  ]

  /// `docs/errors.md`.
  package static var document: String {
    """
    # Errors

    <!-- Written by `make errors` from Sources/Commands/Errors; a test fails if it differs. -->

    A failure is told in two lines on stderr: what happened, and what to do. With `-v` a third line gives its code,
    `code: oauth.discovery-not-found`, and the causes follow. Codes do not change; messages may. The code is that of
    the innermost cause that has one; the exit code is that of the outermost.

    | exit | means |
    | --- | --- |
    | 0 | done |
    | 1 | failed |
    | 2 | usage |
    | 3 | a login is needed |
    | 4 | the issuer refused, or its token was not accepted |
    | 5 | temporary: network or issuer down |
    | 6 | the session store or its key is not available |
    | 7 | configuration is wrong |

    """ + sections.map(text).joined()
  }

  private static func text(_ section: Section) -> String {
    let rows = section.rows.map { entry, exit in
      "| `\(entry.name)` | \(exit) | \(entry.meaning) | \(entry.cause) | \(entry.remedy) |\n"
    }
    return """

      ## \(section.title)

      \(section.introduction)

      | code | exit | what happened | usual cause | what to do |
      | --- | --- | --- | --- | --- |
      \(rows.joined())
      """
  }

  private static let oauth = Section(
    title: "Between lanyard and the issuer",
    introduction: "From the module `OAuth`.",
    rows: OAuthError.Code.allCases.map { code in
      let error = CredentialsError(OAuthError(code, what: "", remedy: ""))
      return (ErrorCatalogue.entry(code), "\(ExitCodes.code(of: error.code))")
    }
  )

  private static let store = Section(
    title: "The session store",
    introduction: "From the module `SessionStore`.",
    rows: StoreError.Code.allCases.map { code in
      let error = CredentialsError(StoreError(code, what: "", remedy: ""))
      return (ErrorCatalogue.entry(code), "\(ExitCodes.code(of: error.code))")
    }
  )

  private static let kubeconfig = Section(
    title: "Kubeconfigs, and what kubectl hands over",
    introduction: "From the module `Kubeconfig`.",
    rows: KubeconfigError.Code.allCases.map { code in
      let failure = Failure(KubeconfigError(code, what: "", remedy: ""))
      return (ErrorCatalogue.entry(code), "\(failure.exitCode)")
    }
  )

  private static let host = Section(
    title: "This machine",
    introduction:
      "From the module `Host`. The exit code is that of what was being done: 1, 6 or 7.",
    rows: HostError.Code.allCases.map { (ErrorCatalogue.entry($0), "1, 6, 7") }
  )

  private static let ready = Section(
    title: "Ready credentials",
    introduction: """
      From the module `ReadyCredential`. These are warnings: the token is printed all the same, and the next call \
      takes the longer way. Where that way asks somebody each time (grants that nobody logs in for, and clouds) one \
      line says so; for sessions, and with the code, only `-v` does.
      """,
    rows: ReadyCredentialError.Code.allCases.map { (ErrorCatalogue.entry($0), "0") }
  )

  private static let credentials = Section(
    title: "The life of a credential",
    introduction: "From the module `Credentials`, where no more exact code stands behind it.",
    rows: CredentialsError.Code.allCases.map { code in
      (ErrorCatalogue.entry(code), "\(ExitCodes.code(of: code))")
    }
  )

  private static let command = Section(
    title: "The command",
    introduction: "What a command itself finds wrong.",
    rows: [
      (.failed, ExitCodes.failed), (.usage, ExitCodes.usage), (.store, ExitCodes.store),
      (.configuration, ExitCodes.configuration),
    ].map { (fault: ErrorCatalogue.CommandFault, exit: Int32) in
      (ErrorCatalogue.entry(fault), "\(exit)")
    }
  )
}
