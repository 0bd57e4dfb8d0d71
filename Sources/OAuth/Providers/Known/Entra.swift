// SPDX-License-Identifier: Apache-2.0

extension ProviderPreset {
  /// Microsoft Entra ID, in each of its clouds.
  package static let entra = ProviderPreset(
    name: "entra",
    title: "Microsoft Entra ID",
    // Microsoft identity platform, "OpenID Connect" and "National clouds"; sts.windows.net is the issuer
    // of version 1 tokens. The issuers common and organizations are templates, which no token has.
    recognition: [
      .host("login.microsoftonline.com", path: "/*/v2.0"),
      .host("login.microsoftonline.us", path: "/*/v2.0"),
      .host("login.partner.microsoftonline.cn", path: "/*/v2.0"),
      .host("login.chinacloudapi.cn", path: "/*/v2.0"),
      .host("sts.windows.net", path: "/*/"),
    ],
    scopes: ["email", "profile"],
    // Microsoft identity platform, "Scopes and permissions": offline_access.
    offlineAccess: .scope,
    // Microsoft identity platform, "Redirect URI restrictions": the port of http://localhost does not
    // count; the portal does not take http://127.0.0.1.
    loopbackPorts: .any([.localhost]),
    redirectHost: .localhost,
    // Azure/kubelogin, issue 653: Conditional Access may block it for want of a known device.
    deviceFlow: .limited("a Conditional Access policy may forbid logins by code"),
    // AADSTS901002 and AADSTS9010010: version 2 has scopes in place of resource.
    takesResources: false
  )
}
