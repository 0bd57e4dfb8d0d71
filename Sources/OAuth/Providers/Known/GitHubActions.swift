// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// Jobs of GitHub Actions; nobody logs in there.
  package static let gitHubActions = ProviderPreset(
    name: "github-actions",
    title: "GitHub Actions",
    // GitHub Docs, "OpenID Connect reference": jobs that may write id-token get both variables.
    source: .job,
    // An enterprise may have its name behind it ("Customizing the issuer value for an enterprise").
    recognition: [
      .issuer("https://token.actions.githubusercontent.com"),
      .host("token.actions.githubusercontent.com", path: "/*"),
    ],
    offlineAccess: .none,
    deviceFlow: .missing
  )
}
