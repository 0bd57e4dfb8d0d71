// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
import Clouds
package import Google

/// The options of `get-token gke`; the spellings of gke-gcloud-auth-plugin are taken too, so that a kubeconfig needs
/// another `command` only.
package struct GKEOptions: ParsableArguments {
  /// One of the accounts that gcloud is signed in with.
  @Option(help: "The account of gcloud's whose sign-in is used; its active one unless said.")
  package var account: String?

  /// A service account to act as, delegates before it.
  @Option(
    name: [.long, .customLong("impersonate_service_account")],
    help: ArgumentHelp(
      "A service account to act as; several, separated by commas: each acts as the next.",
      valueName: "address"
    )
  )
  package var impersonateServiceAccount: String?

  /// Scopes, each option one or several separated by commas.
  @Option(
    help: ArgumentHelp(
      "The scopes to ask for, separated by commas; cloud-platform and userinfo.email unless said.",
      valueName: "scope,…"
    )
  )
  package var scopes: [String] = []

  /// Whether gcloud's sign-in is left alone.
  @Flag(
    name: [.long, .customLong("use_application_default_credentials")],
    help: "Use Application Default Credentials though gcloud is signed in."
  )
  package var applicationDefaultCredentials = false

  /// Options to be filled by parsing.
  package init() {}

  /// What they ask for; throws `ValidationError` for names and combinations that cannot be meant.
  package func request() throws -> GoogleRequest {
    if applicationDefaultCredentials, account != nil {
      throw ValidationError(
        "--account is one of gcloud's; leave --application-default-credentials out"
      )
    }
    let scopes = scopes.flatMap { $0.split(separator: ",").map(String.init) }
    if let odd = scopes.first(where: { $0.contains { $0.isWhitespace } || $0.utf8.count > 500 }) {
      throw ValidationError("\"\(odd)\" is no scope; separate them with commas")
    }
    if let account, account.isEmpty || account.utf8.count > 500 {
      throw ValidationError("--account needs the name of an account, as gcloud auth list shows it")
    }
    do throws(CloudError) {
      return GoogleRequest(
        account: account,
        impersonation: try impersonateServiceAccount.map(GoogleRequest.impersonation) ?? [],
        scopes: scopes,
        usesApplicationDefault: applicationDefaultCredentials
      )
    } catch {
      throw ValidationError("\(error.what); \(error.remedy)")
    }
  }

  /// Checks what ArgumentParser cannot; throws `ValidationError`.
  package func validate() throws { _ = try request() }
}
