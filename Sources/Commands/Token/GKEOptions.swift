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

  /// Its name in the user's own configuration.
  @Option(
    help: ArgumentHelp(
      "The name of a whole credential file of Google's in your own configuration.",
      valueName: "name"
    )
  )
  package var credentialsFrom: String?

  /// What gke-gcloud-auth-plugin hands on to gcloud; no token depends on it.
  @Option(help: .hidden)
  package var project: String?

  /// Options to be filled by parsing.
  package init() {}

  /// What they ask for; throws `ValidationError` for names and combinations that cannot be meant.
  package func request() throws -> GoogleRequest {
    if applicationDefaultCredentials, account != nil {
      throw ValidationError(
        "--account is one of gcloud's; leave --application-default-credentials out"
      )
    }
    if credentialsFrom != nil, account != nil {
      throw ValidationError("--account is one of gcloud's; leave --credentials-from out")
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

  /// The request with the credential that the user's own configuration gives, if one is named.
  ///
  /// Throws `.configuration` for one that is not there, `.temporary` for a command that takes too long.
  func completing(_ request: GoogleRequest, _ effects: CloudEffects)
    async throws(CloudError) -> GoogleRequest
  {
    guard let name = credentialsFrom else { return request }
    let reader = SecretReader(environment: effects.environment)
    var request = request
    do throws(Failure) {
      let text = try await reader.text(.configured(name, option: "--credentials-from"))
      request.given = GoogleRequest.GivenCredential(name: name, text: text)
    } catch {
      throw CloudError(error)
    }
    return request
  }

  /// Checks what ArgumentParser cannot; throws `ValidationError`.
  package func validate() throws { _ = try request() }
}
