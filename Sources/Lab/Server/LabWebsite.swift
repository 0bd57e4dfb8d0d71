// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import NIOCore

/// Something that answers HTTP requests on loopback.
protocol LabWebsite: Sendable {
  /// Answers a request; the connection comes along, so that it can be closed without an answer.
  func respond(to request: Request, on connection: any Channel) async -> Response
}
