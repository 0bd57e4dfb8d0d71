// SPDX-License-Identifier: Apache-2.0

import AWS
import Testing

@Suite struct CLIRoleCacheTests {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct Extra: Decodable, Sendable {
      let ExternalId: String?
      let DurationSeconds: Int?
      let RoleSessionName: String?
      let SerialNumber: String?
    }

    let roleArn: String
    let extra: Extra
    let json: String
    let file: String
    var testDescription: String { json }
  }

  static func vectors() throws -> [Vector] { try Vectors.cloudRequests().assumeRoleCliCacheKeys }

  @Test(arguments: try CLIRoleCacheTests.vectors())
  func `a role's file has the name that the AWS CLI gives it`(vector: Vector) {
    let role = AssumedRole(
      arn: vector.roleArn,
      sessionName: vector.extra.RoleSessionName,
      externalID: vector.extra.ExternalId,
      mfaSerial: vector.extra.SerialNumber,
      duration: vector.extra.DurationSeconds
    )
    #expect(CLIRoleCache.file(of: role) == vector.file)
  }

  @Test func `the file that the AWS CLI wrote when its requests were recorded`() {
    let role = AssumedRole(
      arn: "arn:aws:iam::111122223333:role/r",
      externalID: "ex/1",
      duration: 3600
    )
    #expect(CLIRoleCache.file(of: role) == "2b73799d83912d46d4fac224b030b91b1a327ec5.json")
  }

  @Test func `letters outside of ASCII are escaped as Python escapes them`() {
    // sha1 of {"RoleArn": "r", "RoleSessionName": "\u00fc\ud83d\ude00\n"}, computed by Python.
    let role = AssumedRole(arn: "r", sessionName: "ü😀\n")
    #expect(CLIRoleCache.file(of: role) == "3e68d87463b3ac648dad39ab91feba12c9a903d3.json")
  }

  @Test func `a web identity's file is that of the same role`() {
    let role = WebIdentityRole(arn: "arn:aws:iam::111122223333:role/r", tokenFile: "/t")
    #expect(CLIRoleCache.file(of: role) == "e2d92bb0968bc57e345aa2b57c84f636d95a03fd.json")
  }
}
