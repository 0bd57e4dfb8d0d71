// SPDX-License-Identifier: Apache-2.0

package import Clouds
package import OAuth

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What a managed identity's service answers; numbers may be strings.
package struct ManagedIdentityAnswer: Sendable {
  let title: String

  /// A reader of a source's answers.
  package init(title: String) { self.title = title }

  private static let limit = 256 * 1024

  /// The token; throws `configuration` where the machine has no such identity.
  package func token(_ answer: HTTPAnswer, now: Date) throws(CloudError) -> EntraToken {
    let json =
      answer.body.count <= Self.limit
      ? try? StrictJSON(parsing: VendorText.withoutMark(answer.body)) : nil
    guard answer.status == 200 else { throw refusal(answer, json) }
    guard let text = json?["access_token"]?.string, let token = VendorText.token(Array(text.utf8))
    else {
      throw CloudError(
        .refused,
        "\(title) answers without a token in it",
        remedy: "see whether something else listens there"
      )
    }
    return EntraToken(token: Secret(token), expiry: expiry(json, Secret(token), now: now))
  }

  /// By `expires_in`, else by `expires_on`, else by the token: App Service of 2017 writes a date in words.
  private func expiry(_ json: StrictJSON?, _ token: Secret, now: Date) -> Date {
    if let life = EntraAnswer.number(json?["expires_in"]), (0...864_000).contains(life) {
      return now.addingTimeInterval(Double(life))
    }
    if let end = EntraAnswer.number(json?["expires_on"]), (0...100_000_000_000).contains(end) {
      return Date(timeIntervalSince1970: Double(end))
    }
    if let stamps = UnverifiedTimes.read(token) {
      return Date(timeIntervalSince1970: Double(stamps.exp))
    }
    return now.addingTimeInterval(300)
  }

  private func refusal(_ answer: HTTPAnswer, _ json: StrictJSON?) -> CloudError {
    let description = json?["error_description"]?.string ?? json?["message"]?.string ?? ""
    let code = json?["error"]?.string ?? ""
    let words = [code, Text.line(description)].filter { !$0.isEmpty }.joined(separator: ": ")
    let what = "\(title) gives no token: \(answer.status)\(words.isEmpty ? "" : " \(words)")"
    if answer.status == 400 || answer.status == 404 {
      return CloudError(
        .configuration,
        what,
        remedy: "assign a managed identity to this machine, or name one that it has: --client-id"
      )
    }
    let passes = answer.status >= 500 || [408, 410, 429].contains(answer.status)
    return CloudError(
      passes ? .temporary : .refused,
      what,
      remedy: passes ? "try again in a moment" : "check who may use this machine's identity"
    )
  }
}
