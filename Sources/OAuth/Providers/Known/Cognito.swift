// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// User pools of Amazon Cognito.
  package static let cognito = ProviderPreset(
    name: "cognito",
    title: "Amazon Cognito",
    // Amazon Cognito, "Verifying JSON web tokens": https://cognito-idp.REGION.amazonaws.com/POOL.
    recognition: [.host("cognito-idp.*.amazonaws.com", path: "/*")],
    scopes: ["email", "profile"],
    // Amazon Cognito, token endpoint: the code grant always answers with a refresh token.
    offlineAccess: .always,
    // Amazon Cognito, "App client settings": http is accepted for the host localhost only, and callback
    // URLs are compared as a whole.
    loopbackPorts: .registered,
    redirectHost: .localhost,
    // Amazon Cognito, "Federation endpoints": there is no device authorization endpoint.
    deviceFlow: .missing
  )
}
