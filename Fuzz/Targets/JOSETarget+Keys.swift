// SPDX-License-Identifier: Apache-2.0

extension JOSETarget {
  /// A key set made for fuzzing; its private keys signed the seeds `accepted-*` of the corpus and were
  /// thrown away.
  enum Keys {
    static let document = """
      {"keys":[
      {"kty":"RSA","kid":"RS256-1","alg":"RS256","use":"sig","n":"pR_MBgcGWP5UaFwYf5Hv3GOwNnM98Nl74AQh47Nn\
      muabLbTvUizBx-jVFj-DJUhXzNHeSbJLJGXOy8Ef7dPE72KpZBtgGUGbf0zBgk8x3b5VlsBL73KyiGmyeEyM-Out22EzI-rPbLe8\
      WFAH1oao6JpTTf-aKoCBO0EvEN6ta56zzX_Ng3Luv1g-m46HImA8WqQ13LN7LkhyBBL96G0XnSRN_isUgsvqflDDqJMwbo4fRQ79\
      PFB-N6M5C8Nav2y4QT4EDKsEgL_RycuPPtffdSQ2-gQnnUN8etz7WoO6NQYIvsq0KqJ2FOgzTox4i0tPgO3mw7dOiwtia6_wnj5Y\
      sQ","e":"AQAB"},
      {"kty":"RSA","kid":"PS512-1","alg":"PS512","use":"sig","n":"vaAxYgLbaS6o-tXCrmHKvmmYgctowdhTdLtXgemx\
      GohZVw0wOnhw5xsrS0C6Tj5AUVzwAbZh0F7FfLeQQv3IwmiSawF4aLTu4PvZxHbsBR_haOKB-JyU7CsTe-q_ee9wahkwaHYNaWGi\
      4gqx48D-fQdcjKhNzYs7OBx7NjIkwIoCoNqDO4J2LO9jI2USuHXG1l4sYTKTM2sg6OvtF8UjNM3PCdA-tmKyvIWsiARSpb_eokXh\
      le24N4N1YM4K-9ZdFJI6X-QR1TII2_DjpH-_DIwIXkPQDDIN8YMCOlsXnlE09IeD3WUu3jLE-oiGWIx38bQfjYZ1vKmUmgNihtAY\
      jQ","e":"AQAB"},
      {"kty":"EC","kid":"ES256-1","crv":"P-256","x":"JC4fznRYHjcmlyzAka9ochoXmWCtVfND4Bm1w9XVB6Y","y":"1HQ\
      O7MoYr89M9A0Xfs8PQHSxBFZMVBilyKU7EihuBB8"},
      {"kty":"EC","kid":"ES384-1","crv":"P-384","x":"_Oq_QEWLQSvI_zdsTMKwn1UW-Os6aWrfmmYBejLiWb82uHX5zsQji\
      XJiyC15GELv","y":"iVUWTTFhcjwdFsqMZkC5URBSF3iFDv41LzYMYkgIOPCgyFih4ejT9BMQU2O3ubdY"},
      {"kty":"EC","kid":"ES512-1","crv":"P-521","x":"AYeW5snr6VbsFCqOUCqOO5jCwbT7yEmahlpG1frcGbM7BkvES-hBR\
      AIaZ-bxkZpr34CCERf_M4pZuRoRBP9PXB1a","y":"ABAbI-QN1AZ0kVcAoXUiEz8NetTBs7dVAXOazO1XG2_gi4D2HZnJ9_tXhL\
      ezKZres6oS4Dkji9NXs0DYFl5caIXt"},
      {"kty":"OKP","kid":"EdDSA-1","crv":"Ed25519","x":"T5fO7H31eHYjdhBDzSND3J7QJHrKR8AEgl7_xEaaD78"}
      ]}
      """

    /// What was signed, with each of these headers.
    static let payload = #"""
      {"iss":"https://issuer.test/realms/one","sub":"alice","aud":["kube","other"],"azp":"kube","exp":1700\#
      000600,"iat":1700000000,"nbf":1699999990,"nonce":"n-0S6_WzA2Mj","name":"Alice \u00c4","groups":["ops\#
      "]}
      """#

    static let headers = [
      "RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ].map { #"{"alg":"\#($0)","kid":"\#($0)-1","typ":"JWT"}"# }
  }
}
