// SPDX-License-Identifier: Apache-2.0

import OAuth
import Testing

/// Signatures by OpenSSL over one token, which differ in the length of the salt.
@Suite("RSASSA-PSS salts")
struct SaltTests {
  @Test(
    "the salt is as long as the hash (RFC 7518 section 3.5)",
    arguments: [(hash, []), (empty, [.signatureInvalid]), (sha1, [.signatureInvalid])]
      as [(String, [IDTokenFault])]
  )
  func salts(signature: String, faults: [IDTokenFault]) throws {
    let header = #"{"alg":"PS256","kid":"v","typ":"JWT"}"#
    let claims =
      #"{"iss":"https://issuer.test/realms/one","sub":"alice","aud":"kube","exp":1700000600,"#
      + #""iat":1700000000,"nonce":"n-0S6_WzA2Mj"}"#
    let token = [Forge.base64url(header), Forge.base64url(claims), signature]
    let key = Forge.key(
      ["kty": #""RSA""#, "n": "\"\(Self.modulus)\"", "e": #""AQAB""#],
      "v",
      [:]
    )
    let verdict = IDTokenVerdict.judge(
      Secret(token.joined(separator: ".")),
      against: try Forge.expectation(),
      keys: try KeySet(parsing: Forge.set([key]))
    )
    #expect(verdict.faults == faults)
  }

  private static let modulus =
    "stQ1DiZZf9qIoAt1vAby4gKp5ebC5Lc5qfbeqaV-PX6yBlbtxtlT9YiMpgijnJWJ7PByaA9j7s0cKHAtSKzqcl"
    + "xpCCbS19zD7SBJXH--sSPNLyPC9TZaeOxfD6Bw-Adre8AnWG0uYBTItPPbem0XRzlaeXqxEE3izgtM4DmIvngV"
    + "afE48l26eKMQyh5ruwPYLmW0TqqWe_4_9P-M67WP4sr_BOam9j6dVKejbavw04pCgRQ6i4hhw3kQBlzXZL7dG4"
    + "Zywh7a3ho6ryOhk9nnZCucAdrojOHmMfLN7TRvz6TxjlIlj8i8WtJRXQrvD1TpkUF3mAKKNFOFYfEEhW0PGw"

  /// 32 bytes, as SHA-256.
  private static let hash =
    "U8Ir7_fAbQJecTdOMYSHf9UJkRHaQJB3tfnmdulpmAyneTGsupgtM5F8wq6xn1XL7xFV96WnnyqVYhI37WKQyR"
    + "1gGmfC9wjmANK1d8RAdmLAt4usPV5E9SRWckkALrVDFEy3_m0mMRiLo8PRtG4a8C-9rQIdHWAgaMfGYclHy7JV"
    + "DQEUqb627ihnu814RdIDqFG9cvfvFTsFeEVjSGTlyIbNGGPRLSJeiOxoeas3M6WLhO-HnICMve4OXliAuEG_Gh"
    + "RYcBlrV_VxvPtTX5Gmf0dW3kiAo0TcWDsJLKcLM-L17boqMuMn-p1EBhfMAmrkmPeIqsg-DWvkYL5x4swaOQ"

  /// No salt.
  private static let empty =
    "m_wZ6d8tVewrGgkyOfq6IoKHJ8pwVO_P3Gm5TUtEqAAXmLL2nhmdDwh-iXiOYXZmTX1Vz9TUfo3MaRsfeYucuY"
    + "6kYd10uzVTywjgiubrPUTTSHpjJ_43JZnFFW2pTEiaYIBVIP22kF6ssg3wyAYTZn6JVxLyId06tH2wvWtjacLu"
    + "-2oQxrU-qf1weBmq22wqE__tb2Fw-_OJn1NCi2MhcGEBmZlu9ddOPcataKVUO8IhWWgOl_VwVXzKH0bnVlbz9o"
    + "HHjOIJmQDt6h5H-Wl2TifjNkchW0Lr31gCEdXB_2QeatdxRhnbenxa2vLbh94YRUoiYa_nnq1D3sbnBVlz8g"

  /// 20 bytes, as SHA-1.
  private static let sha1 =
    "BmY217CX6CfphBcNojlao1JwCaIkn5Z85amC7wVs5CpilvwYKF9zpx_E-IS57Vo1pugwx588I-umdjxQBV5poI"
    + "qgDIeT4b4EJvg1uDqVDydmSqW_dCd3gv874fJDVgEByGPj8ktEn1jy_qVj0l31B3JGxZ-fEXDJouQOoYkYObCS"
    + "CcV-bDK98u6F4kpCH2ne6F1L9MRn_lRqBVCrr-SMpARigSGLRNTTt__UnaJo8b8UpYdXA3bYM9Hi75WTIs9DSo"
    + "Qbl20OjxQaRLGBYKUlFh7i2Si3APybH9XdSJWARubZfuBJIlyzqBmMs3gUm5PhQuYbiR6BNNDzq4GYJMQLoQ"
}
