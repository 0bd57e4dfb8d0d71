// SPDX-License-Identifier: Apache-2.0

import Azure
import Clouds
import HTTPTypes
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What Entra ID answers, code by code.
@Suite struct EntraAnswerTests {
  private let reader = EntraAnswer(host: "login.microsoftonline.com", logIn: "lanyard login prod")

  private func refusal(_ answer: HTTPAnswer) -> CloudError? {
    #expect(throws: CloudError.self) { try reader.token(answer, now: AzureWorld.now) }
  }

  @Test func `a token`() throws {
    let token = try reader.token(AzureWorld.token("AT", life: 4800), now: AzureWorld.now)
    #expect(token.token.expose() == "AT")
    #expect(token.expiry == AzureWorld.now.addingTimeInterval(4800))
  }

  @Test func `numbers that are strings`() throws {
    let answer = AzureWorld.json(
      #"{"token_type":"bearer","expires_in":"3599","access_token":"AT"}"#
    )
    let token = try reader.token(answer, now: AzureWorld.now)
    #expect(token.expiry == AzureWorld.now.addingTimeInterval(3599))
  }

  @Test(arguments: [
    (50_076, "invalid_grant", CloudError.Code.loginNeeded), (50_079, "invalid_grant", .loginNeeded),
    (50_173, "invalid_grant", .loginNeeded), (700_082, "invalid_grant", .loginNeeded),
    (70_008, "invalid_grant", .loginNeeded), (70_043, "invalid_grant", .loginNeeded),
    (50_076, "interaction_required", .loginNeeded), (53_003, "access_denied", .loginNeeded),
    (53_000, "invalid_grant", .loginNeeded), (65_001, "invalid_grant", .refused),
    (50_105, "invalid_grant", .refused), (50_057, "invalid_grant", .refused),
    (7_000_215, "invalid_client", .configuration), (7_000_222, "invalid_client", .configuration),
    (700_016, "unauthorized_client", .configuration), (90_002, "invalid_request", .configuration),
    (50_011, "invalid_request", .configuration), (700_027, "invalid_client", .configuration),
    (70_021, "invalid_request", .configuration), (700_213, "invalid_client", .configuration),
    (90_033, "invalid_request", .temporary), (50_196, "invalid_grant", .temporary),
    (90_055, "invalid_request", .temporary),
  ])
  func `a failure that Entra ID numbers`(number: Int, error: String, code: CloudError.Code) {
    let found = refusal(AzureWorld.refusal(number, error))
    #expect(found?.code == code, "\(number)")
    #expect(found?.what.contains("AADSTS\(number)") == true, "\(found?.what ?? "")")
    #expect(found?.what.contains("Trace ID") == false)
    #expect(found?.remedy.isEmpty == false)
  }

  @Test func `a login is asked for by its command`() {
    let found = refusal(AzureWorld.refusal(700_082))
    #expect(found?.remedy == "log in: lanyard login prod")
    #expect(
      found?.what
        == "login.microsoftonline.com gives no token: 400 invalid_grant: the refresh token has expired, because it was not used for too long (AADSTS700082)"
    )
  }

  @Test func `a number that is not known is told in Entra's own words`() {
    let found = refusal(AzureWorld.refusal(99_999, "invalid_client", status: 401))
    #expect(found?.code == .configuration)
    #expect(
      found?.what
        == "login.microsoftonline.com gives no token: 401 invalid_client: AADSTS99999: words of Entra."
    )
  }

  @Test func `a number that stands only beside the description`() {
    let answer = AzureWorld.json(
      #"{"error":"invalid_grant","error_description":"no","error_codes":[50076]}"#,
      status: 400
    )
    #expect(refusal(answer)?.what.contains("multi-factor") == true)
  }

  @Test(arguments: [
    (429, CloudError.Code.temporary), (503, .temporary), (500, .temporary), (408, .temporary),
  ])
  func `what passes by itself`(status: Int, code: CloudError.Code) {
    let answer = AzureWorld.json(
      #"{"error":"server_error","error_description":"busy"}"#,
      status: status,
      headers: [.retryAfter: "17"]
    )
    let found = refusal(answer)
    #expect(found?.code == code)
    #expect(found?.retryAfter == 17)
  }

  @Test(arguments: ["", "<html>", "{}", "[]", #"{"access_token":""}"#, #"{"access_token":1}"#])
  func `an answer without a token`(text: String) {
    #expect(refusal(AzureWorld.json(text))?.code == .refused)
    #expect(refusal(AzureWorld.json(text, status: 502))?.code == .temporary)
  }

  @Test func `a token of another type`() {
    #expect(refusal(AzureWorld.token("AT", type: "pop"))?.code == .refused)
    #expect(refusal(AzureWorld.token("AT", type: "ssh-cert"))?.code == .refused)
  }

  @Test func `control characters of an answer reach no terminal`() {
    let answer = AzureWorld.json(
      #"{"error":"invalid_\u001b[31mgrant","error_description":"\u001b]0;x\u0007 evil"}"#,
      status: 400
    )
    let found = refusal(answer)
    #expect(found?.what.unicodeScalars.contains { $0.value < 0x20 } == false)
  }

  // MARK: the table

  @Test func `every number is there once, with words and a remedy`() {
    let numbers = EntraFault.all.map(\.number)
    #expect(Set(numbers).count == numbers.count)
    for fault in EntraFault.all {
      #expect(
        fault.meaning.first?.isUppercase == false || fault.meaning.hasPrefix("Conditional")
          || fault.meaning.hasPrefix("Entra"),
        "\(fault)"
      )
      #expect(!fault.meaning.hasSuffix("."), "\(fault)")
      #expect(!fault.remedy(logIn: "x").isEmpty)
    }
    #expect(Set(EntraFault.all.map(\.cure)) == Set(EntraFault.Cure.allCases))
  }

  @Test(
    arguments: [
      ("AADSTS50076: Due to", 50_076), ("error AADSTS7000215", 7_000_215), ("AADSTS", nil),
      ("AADSTS9999999999999999", nil), ("50076", nil), ("", nil),
    ] as [(String, Int?)]
  )
  func `the number in a text`(text: String, number: Int?) {
    #expect(EntraFault.number(in: text) == number)
  }
}
