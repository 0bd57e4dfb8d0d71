// SPDX-License-Identifier: Apache-2.0

/// Private keys as OpenSSL writes them, made for these tests and used nowhere else, and the RFC 7638
/// thumbprints of their public halves as computed outside this project.
enum PrivateKeys {
  static let rsa = """
    -----BEGIN PRIVATE KEY-----
    MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDnnfxVGNbxwzSW
    +IhjoWfLl8qr+WXnf14VHI+MJk4tBJI+mAbhgicj9KeZ0Z7LR/HYwSukY7Y7goj5
    vJGocYmmHtf6S/k4yjSubJJbmDlD4vXs8edzpJl8p3YOrauiqj13EE8G2eMWymzX
    h1SIWwCNX/ot01djC0SQu123MArdMFud4okkt84tWGV68SQWw2iqZtZkTb54Es+W
    JkFmdm03YntEnRh/LEhyG8snD2YFP/gGK+Df6pwv4MGrWCbrQQIIP/aRyLlW339V
    PpIFm6PynjhC/+578Ku6zxJ6neLSH0gPFYFThxaPR8neYV53BN6iST5Wen/ckzOg
    Ix3RSZM3AgMBAAECggEAamL0UMgQjsrJgKDW0OCF8wudUaHED3G+7raILuk3VlE3
    tV2SJ4nnXYoWY75XkGrS6OtNlvwf67S5IvDc/MBt5+pZ7QNxjYa/bPC8xyqj/w0k
    RboVRFZyE8I9pV9bK2PDyMkqa2ywdLr1BIiKKPmXxtgza1IcXQeDbnFJigecrdyV
    JUjSBgPRHOpCD0RHLFsj/6VZhGD2mDgducOCfHUNSq9gFGFOZm7ZhpAxHPFVbN07
    2lCyOUAeTmRuZpcMH2u710egOS3Aw4q6od+ZVP8LbHfG6LvWA0tbgeZB56XX/4n9
    PSLKCk5paEsbNdnVpKhYgxyKt4QUvAWKGQZrxhwvJQKBgQD6zrWZlT4rGuyV9g/n
    tru1cE+m1izFIobO1rJ+6J6i4rBggrrxRbU31K9M0p4uISfo1O+PV6qVPL6EdPza
    /UtpmSQmd1DMldw4EAQn/4XT8ka3UQHAhq3+IyjQ27eTDunBL68TeMpAAhZmhhxr
    9omIzhYygmsItURMt5Udu7kg5QKBgQDsaZEUXB+YzRL4jU8XISaqWJRmvvo//Yr3
    QyoX84qzgwi7KJpxWZeV6nzarTkd4htchXP7n1pzD24BZs07GHgd6sLYawEQtjd4
    z6vtcIaZ5aL9G44yhhOfEbNYmIcgT0ZOw750lJyeKYS3me4zDtOS/ww4rNg7dyTf
    cgNu7+3N6wKBgE15FLeAVlfSVUptW7Rjyc/eBXyvo9yxMZsqzrBNAtOl2n21ZDGr
    KrM4S34bgSkWrNFLFUTd+59lyCP6TzEGFQlleLk5GghYMlJPADmqwJgbuqRdrYDf
    GVfrXGxHsokGjkZSiG4nXbIv8uNwgc8HtKxBnLG1f4KNG6/m9XTdy+3RAoGAJJmL
    Tl2cvqkxAK3PysLlG4YvI2D5mSKFexY41BBuLrBgj6kPj/DQ2PK+dZRPvWKd3csD
    U7ct55ZB75GcwENfhTItDBg0yAONvvRXp6C+FeFJRGoZr5S2QPAaleK3OLdNKTCA
    sce4H3xKAaqhB+KJur4lhDiuGTauzLD3+xrF9BUCgYANgw29XPrrU320Lz/kpc2n
    T4b14BBLE9nzbANmKs8FojAQu4EKTMbHzqfEm4rIZjzTxwN5wuewOi+m2X0f9dA8
    fmk7gPv0ZrYL/gdzIt4qeAeUdzOjuqF5pjtn/bKfTZfFOBXRUoRe3OzsHwtdbDNe
    XvFOfZBzJnWeWfDoVWAvEg==
    -----END PRIVATE KEY-----
    """
  static let rsaThumbprint = "RF1HBNhQqWbQAR_35L0zhiZ40n-azazhhZtTDuOUze8"

  static let p256 = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8lLB42MhGr55XCNC
    B3HG1r4QgQ5ZEyOq+lybCVWFAMahRANCAARPE9op+8UJbfa9ALZVVhETL42efkPV
    oWESGASfRU2ZdHZuSlIGedFXc4Avg3kL3SX5CUg/YAmU3bhRj6iMXdBS
    -----END PRIVATE KEY-----
    """
  static let p256Thumbprint = "Ibjx1R2-oLABRBNJD0vpIv1g5kt8NVtncJxTsk98Fic"

  static let p384 = """
    -----BEGIN PRIVATE KEY-----
    MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAG/A0bMAEgMSPVUd3F
    3PKsxKzYqXQeA0cotn1aqTa222901l7wWqHtYRUGF2ijGyWhZANiAARuQQvxFM+2
    xDZ2VKkCJE/eFZYDneqkR9EEuhgLmouwJsA1JaVHKFAPbIr8KgoHgmUHkc6MNvVR
    UZoz0wrYZnnCs2cV+EycQFvGK3yx32/GetWiGtYjAmr4uxp5EPmUlK4=
    -----END PRIVATE KEY-----
    """
  static let p384Thumbprint = "kA1q-r93P63YvE0YWp92s7nSndqSC_ZZwZWfvEum48Q"

  static let p521 = """
    -----BEGIN PRIVATE KEY-----
    MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBisLbRO+L5VfDjaqO
    GtHGujV6kCxjQLDhwQRYqoRIjUphQR16MGyHecZ890nXznk/ZxzOcOKZQJnUMY6e
    SYEMnNahgYkDgYYABAHR2ecmXt6/etI/91SNwBPC55bymrcdunpXkxhOsJ2UNETd
    hwTvVc6hbCIO65Lq/gIn6/FjF11raV3DRUxviW7gogBD9sn3mXEDJFbTGKN7QFfV
    4FkIoyixjpGN6NrxjxuhFdeVVvkxg8i9c9ufZpaBQsarwkS6bz41VjvF447AFL9x
    Ug==
    -----END PRIVATE KEY-----
    """
  static let p521Thumbprint = "_lCcxWt_pqNiu7l2p7QVxYC1UeKWpST6NS4FXJQbhc0"

  static let ed25519 = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIPzVKvnvNrtE5bDeru6QMqQLYEVt1j4KlyVh7YDN1KNE
    -----END PRIVATE KEY-----
    """
  static let ed25519Thumbprint = "ccNVKyC9byy3QgdL0U6jRrhyO-m8j8_pCV-fBExyyzI"

  static let ed448 = """
    -----BEGIN PRIVATE KEY-----
    MEcCAQAwBQYDK2VxBDsEORyDw/I+Jl1VxUpWFro1qi8YzsGe1AN9Fh4pl7xu1J+W
    4I20v8NNjhIsrT6j1CfBinD7/7BAD8NRRQ==
    -----END PRIVATE KEY-----
    """

  static let secp256k1 = """
    -----BEGIN PRIVATE KEY-----
    MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgJ0VqxQvjL7cx7vRFlirx
    yWDxBLZHiIx1I//iGM+iSIqhRANCAAT2rzPMvbmv2q/zTCcePNJYszhJ4k8JPt2f
    l/kYZXCEy3+yJ5arGs7KpOUQJYYbukggAd9QV1ZMssHLyUD8jeSt
    -----END PRIVATE KEY-----
    """

  static let weak = """
    -----BEGIN PRIVATE KEY-----
    MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAK1lcQgqXg4mkFyl
    zp2kr33tYE8saJu4pOQC+8BlPwHXfHnSdmHy0k7k1b76XrdV04o1TxTjYyIAr5CU
    zMBtIkK3d2J0QqpjbnXlOhwmLiMnpL4nxnrVZY1R1V3ziuW92MnnDitPTvvgRNyu
    1OSle7Az2ATvwuX0uv6tMw8AH3B7AgMBAAECgYAVvYdLh8xdJ9an1x4tw81BE7ck
    liPTinYaJImeGNOqjnML7yhqpYBa5fQqysd/YyJvzLlKnCv8wmtAzHdTlRtbX0Iw
    A9jhNLeyt8X2yCCSMmMsgx+KSTgxawsluEBI90bOel5+siO/Zxi6DZVXy+XDJ4DH
    /Jeay9CVVxHf8ANlyQJBANN8lGrf0Xrsf4Fh+5IxXJ7Zc0timcgSumsLR3jeX6q1
    J967Qa65HMEmcEicdmpMRhQACMt3OvanFLUVUEEsescCQQDR5HVObb/3Nz1Ir+OS
    6sn+bG3GvGCjkZy/NH0/MvNRTOPDkNi4t3iIgwyWl3jw5Pvb3ZvUjTyo62hgIsLE
    s8itAkBNPbL3VcesnbP0DVVUj7LEUadKYTjJWg28CuKPwqguMPve3YWfyvw1j1Rz
    MLIPIMx3gYu0xFdEvsFRYfdt1lEBAkBUZkppZCZqEVNaVCftnu3kmdM2s+8kNtxR
    4phufl1rFsELlcYf2N7l/dRlBbnDHEDOc3lC6hw3TJnm9nNdR3HtAkEAwuUggBFp
    dfrduXH5IXwnm1s7dXgIleVcfVQ5MjvTLXytbG7zJWirZX2+hlbVJMhIFZNPkpeF
    oajUWbqySMkKgA==
    -----END PRIVATE KEY-----
    """

  static let sec1 = """
    -----BEGIN EC PRIVATE KEY-----
    MHcCAQEEIPJSweNjIRq+eVwjQgdxxta+EIEOWRMjqvpcmwlVhQDGoAoGCCqGSM49
    AwEHoUQDQgAETxPaKfvFCW32vQC2VVYREy+Nnn5D1aFhEhgEn0VNmXR2bkpSBnnR
    V3OAL4N5C90l+QlIP2AJlN24UY+ojF3QUg==
    -----END EC PRIVATE KEY-----
    """

  static let encrypted = """
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjg0QqghgvIdwICCAAw
    DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMwXomsQ4eTO5MEKPkL+3HQEgZAV
    wraOCxeJZw+0HPuOg7g4ZbjrguODzF0uC0ZcB0IBWBhw87gA8EfqrDxJOhc0obeU
    Rne7CK+6re0EhLWCj/WyHwVa6TbXNeRf38Gvc4+5oiX03sRkGxMshiKjieWr2t3E
    dZ202muWO+cSj+k6dFpLb2VQMOgUtkbLLzjKs/ETb+8WKWpeemI+Y7Uc/d4lxj8=
    -----END ENCRYPTED PRIVATE KEY-----
    """

  /// The key of RFC 8037 appendix A.1; its thumbprint stands in A.3.
  static let rfc8037 = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
    -----END PRIVATE KEY-----
    """
  static let rfc8037Thumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
}
