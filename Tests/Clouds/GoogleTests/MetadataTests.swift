// SPDX-License-Identifier: Apache-2.0

import Clouds
import Google
import HTTPTypes
import OAuth
import Synchronization
import Testing

/// Whether this machine has a metadata server of Google's.
@Suite struct MetadataTests {
  private static let product = "/sys/class/dmi/id/product_name"

  private static func flavored(_ text: String, status: Int = 200) -> HTTPAnswer {
    var headers = HTTPFields()
    if let name = HTTPField.Name("Metadata-Flavor") { headers[name] = "Google" }
    return .json(text, status: status, headers)
  }

  /// A machine, what the requests come to, and how it ends.
  struct Row: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var variables: [String: String] = [:]
    var product: String?
    var silences: [TransportFailure] = []
    var answers: [HTTPAnswer] = []
    /// Nil: a token.
    let code: CloudError.Code?
    let looks: Int
  }

  private static let nobody = TransportFailure.notSent("connection refused")
  private static let torn = TransportFailure.noAnswer("it hung up")
  private static let good = [flavored(""), flavored(#"{"access_token":"m","expires_in":300}"#)]

  static let rows = [
    Row(testDescription: "nobody there", silences: [nobody], code: .loginNeeded, looks: 1),
    Row(
      testDescription: "nobody there, on a machine of another maker",
      product: "Standard PC\n",
      silences: [nobody],
      code: .loginNeeded,
      looks: 1
    ),
    Row(
      testDescription: "nobody there, on a machine of Google's",
      product: "Google Compute Engine\n",
      silences: [nobody, nobody, nobody],
      code: .temporary,
      looks: 3
    ),
    Row(
      testDescription: "nobody there, where an address is given",
      variables: ["GCE_METADATA_IP": "169.254.169.254"],
      silences: [nobody, nobody, nobody],
      code: .temporary,
      looks: 3
    ),
    Row(
      testDescription: "a hiccup on a machine of Google's",
      product: "Google\n",
      silences: [nobody, torn],
      answers: good,
      code: nil,
      looks: 3
    ),
    Row(
      testDescription: "torn three times",
      silences: [torn, torn, torn],
      code: .temporary,
      looks: 3
    ),
    Row(testDescription: "torn once", silences: [torn], answers: good, code: nil, looks: 2),
    Row(
      testDescription: "an excuse",
      answers: [.json("", status: 503), .json("", status: 503), .json("", status: 500)],
      code: .temporary,
      looks: 3
    ),
    Row(
      testDescription: "an excuse of the server itself",
      answers: [flavored("", status: 503)] + good.suffix(1),
      code: nil,
      looks: 1
    ),
    Row(
      testDescription: "another cloud's",
      product: "Google Compute Engine",
      answers: [.json("", status: 401)],
      code: .loginNeeded,
      looks: 1
    ),
    Row(
      testDescription: "a token that does not come",
      answers: good.prefix(1) + [flavored("", status: 503)],
      code: .temporary,
      looks: 1
    ),
  ]

  @Test(arguments: rows) func `looking for it`(row: Row) async {
    let world = World(row.variables) { state in
      state.silences = row.silences
      state.answers = row.answers
      state.files[Self.product] = row.product.map { Array($0.utf8) }
    }
    #expect(await world.failure()?.code == row.code)
    #expect(world.calls.count { $0.url.hasSuffix("/") } == row.looks)
  }
}
