// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

extension IdentityProvider {
  /// Metadata or key set, with a validator (RFC 9110 §8.8.3): 304 for whoever has this version
  /// already.
  func document(_ members: [String: JSONValue], _ exchange: Exchange) -> Response {
    let text = JSONValue.object(exchange.plan.edited(members)).text
    let tag = "\"\(Randomness.sha256(text))\""
    let age = options.documentMaxAge
    let headers = [
      (name: "etag", value: tag),
      (name: "cache-control", value: age > 0 ? "public, max-age=\(age)" : "no-cache"),
    ]
    let known = exchange.request.headers[.ifNoneMatch] ?? ""
    if known.split(separator: ",").contains(where: { $0.drop { " W/".contains($0) } == tag }) {
      return .text("", type: "application/json", status: .notModified, headers: headers)
    }
    return .text(text, type: "application/json", headers: headers)
  }
}
