// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import NIOHTTP1

extension LoopbackRequest {
  /// The request that a head and a body make; nil if the method is none.
  init?(_ head: HTTPRequestHead, body: [UInt8]) {
    guard let method = HTTPRequest.Method(head.method.rawValue) else { return nil }
    // Of two headers, one may be for us and the other for somebody between us and the browser: neither counts.
    func only(_ name: String) -> String? {
      let values = head.headers[name]
      return values.count == 1 ? values[0] : nil
    }
    var preflight: Preflight?
    if method == .options, let wanted = only("access-control-request-method") {
      preflight = Preflight(
        method: wanted,
        headers: only("access-control-request-headers"),
        isToPrivateNetwork: only("access-control-request-private-network") == "true"
      )
    }
    self.init(
      method: method,
      target: head.uri,
      host: only("host"),
      contentType: only("content-type"),
      origin: only("origin"),
      preflight: preflight,
      body: body
    )
  }
}
