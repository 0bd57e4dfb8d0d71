// SPDX-License-Identifier: Apache-2.0

import AWS
import Azure
import Clouds
import EKSToken
import Google
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the clouds' tools leave and what their services answer; the first line of an input says what, the rest is it.
struct VendorTarget: Sendable {
  func run(_ input: [UInt8]) throws(Breach) -> Bool {
    let parts = Lines.split(input, 1)
    let body = parts[1] ?? []
    switch Lines.text(parts[0]) {
    case "sts": return try sts(body)
    case "sso": return try signIn(body, SSOToken.init)
    case "login": return try signIn(body, LoginToken.init)
    case "msal": return msal(body)
    case "profile": return try profile(body)
    case "principals": return ServicePrincipalEntries(body)?.proof(client: "c", tenant: "t") != nil
    case "google": return try google(body)
    default: return false
    }
  }

  private func sts(_ body: [UInt8]) throws(Breach) -> Bool {
    let refusal = STSRefusal(status: 400, body: body)
    let error = refusal.error(assuming: "arn:aws:iam::111122223333:role/dev", with: "the key AKIA")
    try Breach.unlessShown(error.what, as: "the event")
    try Breach.unlessShown(error.remedy, as: "the remedy")
    guard let found = STSAnswer.credentials(in: body, of: "AssumeRole") else { return false }
    try Breach.unless(found.expiration != nil, "a role's credentials do not end")
    return true
  }

  /// A file of a sign-in that is written back says the same when it is read again.
  private func signIn<Token: SignInDocument>(
    _ body: [UInt8],
    _ make: ([String: StrictJSON]) -> Token?
  ) throws(Breach) -> Bool {
    guard let members = (try? StrictJSON(parsing: body))?.members, let token = make(members) else {
      return false
    }
    let written = token.document
    guard let again = (try? StrictJSON(parsing: written.expose().utf8))?.members else {
      throw Breach(rule: "what is written cannot be read")
    }
    try Breach.unless(again == members, "a member is lost")
    try Breach.unless(make(again)?.document == written, "it is another one when it is read again")
    return true
  }

  private func msal(_ body: [UInt8]) -> Bool {
    guard let cache = TokenCache(body),
      let server = try? ServerApplication("6dae42f8-4368-4678-94ff-3960e28e3630")
    else { return false }
    let wanted = TokenCache.Wanted(
      person: "me@example.com",
      tenant: "t",
      hosts: ["login.microsoftonline.com"],
      server: server
    )
    _ = cache.find(wanted, enough: 60, now: Date(timeIntervalSince1970: 1_700_000_000))
    return true
  }

  private func profile(_ body: [UInt8]) throws(Breach) -> Bool {
    guard let profile = CLIProfile(body) else { return false }
    for subscription in profile.subscriptions {
      let found = profile.subscription(named: subscription.id, tenant: nil)
      try Breach.unless(found != nil, "a subscription that is listed is not found")
    }
    return true
  }

  /// Nothing but the one text changes, and it is read back as it was written.
  private func google(_ body: [UInt8]) throws(Breach) -> Bool {
    guard let member = JSONMember(["refresh_token"], in: body) else { return false }
    let successor = #"1//new"\token"#
    guard let changed = member.replaced(with: successor) else { return false }
    guard let old = (try? StrictJSON(parsing: withoutMark(body)))?.members,
      var new = (try? StrictJSON(parsing: withoutMark(changed)))?.members
    else { throw Breach(rule: "what is written cannot be read") }
    try Breach.unless(new["refresh_token"]?.string == successor, "another token is read back")
    new["refresh_token"] = old["refresh_token"]
    try Breach.unless(new == old, "something else has changed")
    return true
  }

  private func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  }
}

/// A sign-in's file that is read, and written when it was renewed.
private protocol SignInDocument {
  var document: Secret { get }
}

extension SSOToken: SignInDocument {}
extension LoginToken: SignInDocument {}
