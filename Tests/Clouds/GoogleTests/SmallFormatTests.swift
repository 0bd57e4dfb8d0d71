// SPDX-License-Identifier: Apache-2.0

import Clouds
import Testing

@testable import Google

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times, gcloud's settings, and texts inside JSON.
@Suite struct SmallFormatTests {
  @Test(arguments: [
    ("2026-11-23T21:58:53Z", 1_795_471_133), ("2026-11-23 21:58:53.917825", 1_795_471_133),
    ("1970-01-01T00:00:00Z", 0), ("2024-02-29T23:59:59Z", 1_709_251_199),
    ("2099-01-01T00:00:00Z", 4_070_908_800), ("2026-11-23T21:58:53.000000001Z", 1_795_471_133),
  ]) func `times`(text: String, seconds: Int) {
    #expect(UTCTime.date(text)?.timeIntervalSince1970 == Double(seconds))
  }

  @Test(arguments: [
    "", "2026", "2026-11-23T21:58:53+01:00", "2026-13-23T21:58:53Z", "2026-11-23T25:58:53Z",
    "2026-11-23T21:58:53.Z", "yyyy-mm-ddThh:mm:ssZ", "1960-01-01T00:00:00Z", "2026/11/23 21:58:53",
  ]) func `no times`(text: String) {
    #expect(UTCTime.date(text) == nil)
  }

  @Test func `settings as configparser reads them`() {
    let text = """
      # a comment
      stray = value
      [core]
      account = me@example.com
      Project=p
      ; another
      url = https://a:b/c=d
      empty =
      account : last@example.com
      [auth]
        impersonate_service_account =  sa@p.iam.gserviceaccount.com\u{20}
      """
    let parsed = GcloudProperties.parse(text)
    #expect(
      parsed == [
        "core": [
          "account": "last@example.com", "project": "p", "url": "https://a:b/c=d", "empty": "",
        ],
        "auth": ["impersonate_service_account": "sa@p.iam.gserviceaccount.com"],
      ]
    )
  }

  @Test(arguments: [
    ("default", true), ("work-2", true), ("a", true), ("", false), ("NONE", false),
    ("../../etc", false), ("2work", false), ("Work", false), ("a/b", false), ("a.b", false),
  ]) func `names of configurations`(name: String, isOne: Bool) {
    #expect(GcloudProperties.isConfigurationName(name) == isOne)
  }

  @Test func `a variable comes before the file`() {
    let properties = GcloudProperties(
      environment: ["CLOUDSDK_CORE_ACCOUNT": "env@example.com"],
      file: [
        "core": ["account": "file@example.com"],
        "auth": ["token_host": "h", "access_token_file": ""],
      ]
    )
    #expect(properties[.account] == "env@example.com")
    #expect(properties[.tokenHost] == "h")
    #expect(properties[.tokenFile] == nil)
    #expect(properties[.impersonation] == nil)
  }

  @Test(arguments: [
    (#"{"refresh_token":"a"}"#, #"{"refresh_token":"n\"\\w"}"#),
    (
      #"{ "x":{"refresh_token":"b"}, "refresh_token" : "a" , "y":["refresh_token"]}"#,
      #"{ "x":{"refresh_token":"b"}, "refresh_token" : "n\"\\w" , "y":["refresh_token"]}"#
    ),
    (
      #"{"a":"refresh_token","b":"\"refresh_token\":\"x\"","refresh_token":"a\"b"}"#,
      #"{"a":"refresh_token","b":"\"refresh_token\":\"x\"","refresh_token":"n\"\\w"}"#
    ),
    (
      #"{"a":{"b":[1,{"c":"d"}]},"refresh_token":"","z":1.50}"#,
      #"{"a":{"b":[1,{"c":"d"}]},"refresh_token":"n\"\\w","z":1.50}"#
    ),
  ]) func `one text is replaced, and nothing else`(before: String, after: String) {
    let changed = JSONMember.replace("refresh_token", with: "n\"\\w", in: Array(before.utf8))
    #expect(changed.map { String(decoding: $0, as: UTF8.self) } == after)
  }

  @Test(arguments: [
    "", "[]", #"{"other":"a"}"#, #"{"refresh_token":1}"#, #"{"refresh_token":"a""#,
    #"{"x":{"refresh_token":"a"}}"#, #"{"refresh_token":"a","refresh_token":"b"}"#,
  ]) func `what cannot be replaced safely is left alone`(text: String) {
    #expect(JSONMember.replace("refresh_token", with: "n", in: Array(text.utf8)) == nil)
  }

  @Test func `a name that is written with escapes is still that name`() throws {
    let text = #"{"x":"refresh_token","refresh\u005ftoken":"a"}"#
    let changed = JSONMember.replace("refresh_token", with: "n", in: Array(text.utf8))
    #expect(
      changed.map { String(decoding: $0, as: UTF8.self) }
        == #"{"x":"refresh_token","refresh\u005ftoken":"n"}"#
    )
  }

  @Test(arguments: [
    ("a@p.iam.gserviceaccount.com", ["a@p.iam.gserviceaccount.com"]),
    ("a@x, b@x,c@x", ["a@x", "b@x", "c@x"]), ("123456789", ["123456789"]),
  ]) func `accounts to act as`(text: String, accounts: [String]) throws {
    #expect(try GoogleRequest.impersonation(parsing: text) == accounts)
  }

  @Test(arguments: ["", ",", "a@x,", "a/../b", "a:b", "a?b", "a b", "ä@x", "a@x\n"])
  func `no accounts to act as`(text: String) {
    #expect(throws: CloudError.self) { try GoogleRequest.impersonation(parsing: text) }
  }
}
