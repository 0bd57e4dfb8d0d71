// SPDX-License-Identifier: Apache-2.0
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The pages as somebody sees them; `scripts/screenshots` takes its pictures of what is written here.
@Suite struct RedirectPageSamples {
  private static let pages = RedirectPages(
    issuerHost: "login.example.com",
    clientID: "kubernetes",
    context: "prod-eu"
  )

  struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: RedirectPages.Kind
    var shows: String
    var testDescription: String { name }
  }

  static let samples = [
    Sample(name: "logged-in", kind: .loggedIn, shows: "alice@example.com"),
    Sample(name: "received", kind: .received, shows: "fetching your token"),
    Sample(name: "refused", kind: .refused, shows: "The issuer refused the login"),
    Sample(name: "fault", kind: .fault, shows: "broke a rule of the login protocol"),
    Sample(name: "other-login", kind: .otherLogin, shows: "It belongs to another login"),
    Sample(name: "expired", kind: .expired, shows: "The login took too long"),
    Sample(name: "failed", kind: .failed, shows: "is for another client"),
    Sample(name: "ignored", kind: .ignored, shows: "Not a login answer"),
  ]

  @Test func everyPageHasASample() {
    #expect(Set(Self.samples.map(\.kind)) == Set(RedirectPages.Kind.allCases))
  }

  @Test(arguments: samples)
  func theSampleShowsWhatItIsFor(_ sample: Sample) throws {
    let page = Self.pages.html(
      sample.kind,
      person: "alice@example.com",
      reason: "the ID token of login.example.com is for another client, \"web\""
    )
    #expect(String(decoding: page, as: UTF8.self).contains(sample.shows))
    guard let folder = ProcessInfo.processInfo.environment["LANYARD_PAGES"] else { return }
    try Data(page).write(to: URL(filePath: "\(folder)/\(sample.name).html"))
  }
}
