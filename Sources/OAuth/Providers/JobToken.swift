// SPDX-License-Identifier: Apache-2.0

/// How a job gets an ID token from the machinery that runs it.
package struct JobToken: Sendable, Equatable {
  /// Environment variable with the URL to ask.
  package let urlVariable: String
  /// Environment variable with the bearer token for that request.
  package let bearerVariable: String
  /// Query parameter that names the audience.
  package let audienceParameter: String
  /// Member of the JSON answer that is the ID token.
  package let member: String
}
