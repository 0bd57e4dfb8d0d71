// SPDX-License-Identifier: Apache-2.0

package import OAuth

extension CredentialSource {
  /// The refresh token of the session, after a renewal that is due and a login that is needed; for tokens of a shape
  /// that a session does not keep, at issuers that leave a refresh token valid when it is used (Entra ID).
  ///
  /// Throws `CredentialsError`.
  package func refreshToken() async throws(CredentialsError) -> Secret {
    // Nothing is printed or kept ready: only the session's state is wanted.
    let nowhere = ReadySlot(
      lookup: { _ in .miss(rejected: false) },
      write: { _, _, _ in },
      render: { _, _ in [] }
    )
    _ = try await credential(nowhere)
    if let token = try open().record?.session?.refreshToken { return token }
    throw CredentialsError(
      .configuration,
      "the session has no refresh token, or could not be kept",
      remedy: "log in again, with a client that may have one: \(options.loginCommand())"
    )
  }
}
