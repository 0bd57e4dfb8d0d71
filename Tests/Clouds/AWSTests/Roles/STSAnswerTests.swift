// SPDX-License-Identifier: Apache-2.0

import Clouds
import EKSToken
import Testing

import AWS

@Suite struct STSAnswerTests {
  private static let answer = """
    <?xml version="1.0"?>
    <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <AssumeRoleResult><Credentials>
        <AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>se&amp;k</SecretAccessKey>
        <SessionToken>tok&#x2F;&#43;==</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
      </Credentials><AssumedRoleUser/></AssumeRoleResult>
    </AssumeRoleResponse>
    """

  @Test func `credentials are taken out of the answer`() throws {
    let found = try #require(
      STSAnswer.credentials(in: Array(Self.answer.utf8), of: "AssumeRole")
    )
    #expect(found.accessKeyID == "ASIAX")
    #expect(found.secretAccessKey.expose() == "se&k")
    #expect(found.sessionToken?.expose() == "tok/+==")
    #expect(found.expiration == 4_070_908_800)
  }

  @Test(arguments: [
    ("<Expiration>2099-01-01T00:00:00Z</Expiration>", ""), ("2099-01-01T00:00:00Z", "soon"),
    ("<SessionToken>tok&#x2F;&#43;==</SessionToken>", ""), ("ASIAX", "AS\nIAX"), ("ASIAX", ""),
    ("</AssumeRoleResponse>", ""), ("AssumeRoleResult", "Other"), ("<?xml", "<!DOCTYPE a><?xml"),
    ("&amp;", "&evil;"), ("<AssumedRoleUser/>", "<AssumedRoleUser>"),
  ])
  func `an answer that lacks something gives none`(part: String, other: String) {
    let text = Self.answer.replacing(part, with: other)
    #expect(text != Self.answer)
    #expect(STSAnswer.credentials(in: Array(text.utf8), of: "AssumeRole") == nil)
  }

  @Test func `the answer to another action gives none`() {
    #expect(STSAnswer.credentials(in: Array(Self.answer.utf8), of: "GetSessionToken") == nil)
  }

  @Test func `elements that are too deep or a text that is too long are no document`() {
    let deep = String(repeating: "<a>", count: 20) + String(repeating: "</a>", count: 20)
    #expect(XMLElement(parsing: Array(deep.utf8)) == nil)
    let long = "<a>" + String(repeating: "x", count: XMLElement.maximumLength) + "</a>"
    #expect(XMLElement(parsing: Array(long.utf8)) == nil)
  }

  @Test(
    arguments: [
      (403, "AccessDenied", "not authorized to perform sts:AssumeRole", .refused, "trust policy"),
      (
        403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA", .refused,
        "MFA device"
      ),
      (403, "ExpiredToken", "expired", .loginNeeded, "renew"),
      (400, "ExpiredTokenException", "Token expired", .loginNeeded, "renew"),
      (403, "InvalidClientTokenId", "invalid", .refused, "does not know"),
      (403, "SignatureDoesNotMatch", "does not match", .configuration, "secret access key"),
      (403, "SignatureDoesNotMatch", "Signature expired: 2020", .configuration, "clock"),
      (403, "RegionDisabledException", "STS is not activated", .configuration, "activate"),
      (400, "InvalidIdentityToken", "no OpenIDConnect provider", .refused, "identity provider"),
      (400, "IDPCommunicationError", "slow", .temporary, "again"),
      (400, "Throttling", "rate", .temporary, "again"), (503, "", "", .temporary, "again"),
      (400, "ValidationError", "too short", .configuration, "ARN"),
    ] as [(Int, String, String, CloudError.Code, String)]
  )
  func `a refusal says what to do`(
    status: Int,
    code: String,
    message: String,
    kind: CloudError.Code,
    remedy: String
  ) {
    let body = """
      <ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error>
      <RequestId>x</RequestId></ErrorResponse>
      """
    let refusal = STSRefusal(status: status, body: Array(body.utf8))
    let error = refusal.error(assuming: "arn:aws:iam::1:role/r", with: "access key AKIA")
    #expect(error.code == kind)
    #expect(error.remedy.contains(remedy))
    #expect(error.what.contains(code))
  }

  @Test func `a refusal that is no XML still has its status`() {
    let refusal = STSRefusal(status: 407, body: Array("<html>proxy".utf8))
    #expect(refusal.code.isEmpty)
    #expect(refusal.error(assuming: "r", with: "k").what.contains("407"))
  }
}
