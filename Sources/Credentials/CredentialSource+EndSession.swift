// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import OAuth
import SessionStore

extension CredentialSource {
  /// The name of whoever is logged in, which the issuer's logout page is given as a hint; nil if there is none.
  ///
  /// From the plain header, which will do for a hint: a damaged session is for the logout itself to find.
  package func personsName() throws(CredentialsError) -> String? {
    guard !request.grant.isUnattended, let header = try? store.peek(try request.sessionID)?.header
    else { return nil }
    return try? JSONDecoder().decode(Session.Summary.self, from: Data(header)).name
  }

  /// Opens the issuer's logout page in the browser (OpenID Connect RP-Initiated Logout 1.0), which asks the person
  /// before it ends their login there; tells the address, or that there is no such page.
  package func endSessionInBrowser(of person: String?) async {
    let url: String
    do throws(OAuthError) {
      url = try endSessionURL(try await documents.metadata(), person)
    } catch {
      effects.tell("the issuer's logout page cannot be opened: \(error.what)")
      return
    }
    effects.tell(
      effects.openBrowser(url)
        ? "log out at the issuer in the browser that has opened, or open this address yourself:"
        : "open this address in your browser to log out at the issuer:"
    )
    effects.tell("  \(url)")
  }

  /// Without the hint if the name is none that can be one.
  private func endSessionURL(
    _ metadata: ProviderMetadata,
    _ person: String?
  ) throws(OAuthError) -> String {
    let id = request.client.id
    do throws(OAuthError) {
      return try EndSession.url(metadata: metadata, clientID: id, logoutHint: person)
    } catch {
      guard error.code == .requestInvalid else { throw error }
      return try EndSession.url(metadata: metadata, clientID: id)
    }
  }
}
