// SPDX-License-Identifier: Apache-2.0

import Crypto
import ReadyCredential
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4 examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func standardExamples(text: String, digest: String) {
    let result = ReadyCredential.SHA256.hash(text.utf8)
    #expect(result.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == digest)
  }

  /// Every length around the edges of one and two blocks, and long ones.
  @Test func agreesWithCrypto() {
    for length in Array(0...200) + [1000, 4096, 120 * 1024] {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ length) }
      #expect(ReadyCredential.SHA256.hash(bytes) == Array(Crypto.SHA256.hash(data: bytes)))
    }
  }

  @Test func piecesMakeTheSameHash() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
    for cut in [0, 1, 55, 56, 63, 64, 65, 128, 299] {
      var hash = ReadyCredential.SHA256()
      hash.update(bytes[..<cut])
      hash.update(bytes[cut...])
      #expect(hash.finalize() == Array(Crypto.SHA256.hash(data: bytes)))
    }
  }
}
