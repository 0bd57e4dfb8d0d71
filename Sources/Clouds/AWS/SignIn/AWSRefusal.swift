// SPDX-License-Identifier: Apache-2.0

import Clouds
import HTTPTypes
package import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// An answer of an AWS service with JSON in it that says no.
package struct AWSRefusal: Error, Sendable, Equatable {
  /// The status.
  package let status: Int
  /// What went wrong in one word: `error` of the body (`invalid_grant`, `TOKEN_EXPIRED`), else the name of the
  /// exception (`UnauthorizedException`) of the `x-amzn-errortype` field or of the body's `__type`.
  package let code: String?
  /// The service's own words; bounded, without control characters.
  package let message: String?
  /// Seconds after which the service may be asked again.
  package let retryAfter: Int?

  /// Reads such an answer, whatever its status.
  package init(_ answer: HTTPAnswer, now: Date) {
    let json = answer.body.count <= 65_536 ? try? StrictJSON(parsing: answer.body) : nil
    status = answer.status
    code = (json?["error"]?.string ?? Self.exception(answer, json)).map {
      Text.line($0, limit: 100)
    }
    message = (json?["error_description"] ?? json?["message"] ?? json?["Message"])?.string
      .map { Text.line($0, limit: 300) }
    retryAfter = RetryAfter.seconds(in: answer.headers, now: now)
  }

  /// `UnauthorizedException:http://internal.amazon.com/…`, or a name with its namespace before a `#`.
  private static func exception(_ answer: HTTPAnswer, _ json: StrictJSON?) -> String? {
    let field = HTTPField.Name("x-amzn-errortype").flatMap { answer.headers[$0] }
    guard let name = (field ?? json?["__type"]?.string)?.prefix(while: { $0 != ":" }) else {
      return nil
    }
    return name.split(separator: "#").last.map(String.init)
  }

  /// Whether it means "not now".
  package var isTemporary: Bool {
    [408, 425, 429].contains(status) || status >= 500
      || ["slow_down", "SlowDownException", "TooManyRequestsException", "server_error"].contains(
        code
      )
  }

  /// Status, code and words for a message: `400, invalid_grant: …`.
  package var words: String {
    let reason = [code, message].compactMap(\.self).joined(separator: ": ")
    return reason.isEmpty ? "\(status)" : "\(status), \(reason)"
  }

  /// The error of an answer that nobody expected.
  func error(from host: String, remedy: String) -> CloudError {
    CloudError(
      isTemporary ? .temporary : .refused,
      "\(host) answers \(words)",
      remedy: isTemporary ? "try again in a moment" : remedy,
      retryAfter: retryAfter
    )
  }
}
