// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization

/// The requests that came to the lab's Entra ID and to its services of machines, for comparing them with others'.
package final class EntraRecords: Sendable {
  /// One request as it came.
  package struct Request: Sendable {
    /// The method.
    package let method: String
    /// The path, without its query.
    package let path: String
    /// The parameters of the query.
    package let query: [String: String]
    /// The parameters of a form; empty for anything else.
    package let form: [String: String]
    /// Header fields by their lower-case names.
    package let headers: [String: String]
  }

  private let stored = Mutex<[Request]>([])

  init() {}

  /// What came so far, in order.
  package var requests: [Request] { stored.withLock { $0 } }

  /// Forgets what came so far.
  package func clear() { stored.withLock { $0 = [] } }

  func add(_ request: Hummingbird.Request, form: FormFields?) {
    let pairs: (FormFields) -> [String: String] = { fields in
      Dictionary(fields.pairs.map { ($0.name, $0.value) }) { first, _ in first }
    }
    let headers = request.headers.map { ($0.name.canonicalName, $0.value) }
    let row = Request(
      method: request.method.rawValue,
      path: request.uri.path,
      query: pairs(request.queryFields),
      form: form.map(pairs) ?? [:],
      headers: Dictionary(headers) { first, _ in first }
    )
    stored.withLock { $0.append(row) }
  }
}
