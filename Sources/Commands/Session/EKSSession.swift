// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import Credentials
import Host
import SessionStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `login` and `logout` of a context whose user runs `get-token eks`: the sign-in that its AWS profile names.
struct EKSSession {
  private let options: EKSOptions
  private let context: String
  private let command: CloudCommand

  /// The session of a context; throws `Failure`.
  init(_ options: EKSOptions, _ target: SessionTarget, verbose: Bool) throws {
    self.options = options
    context = target.context ?? "AWS"
    command = try CloudCommand(
      .current(overriding: target.environment),
      verbose: verbose,
      byHand: true
    )
  }

  private var effects: CloudEffects { command.effectsByHand }

  private func aws() async throws(CloudError) -> AWSContext {
    try await AWSContext.read(
      profile: options.profile,
      region: options.region,
      effects: effects
    )
  }

  /// Signs the person in, and says where and until when; throws `Failure`.
  func logIn(_ preference: LoginPreference) async throws {
    do throws(CloudError) {
      let aws = try await aws()
      let signIn = try AWSSignIn(in: aws)
      let signedIn = try await signIn.signIn(in: aws, try command.signInEffects(preference))
      tell(signedIn)
      try await signIn.check(in: aws)
    } catch {
      throw Failure(CredentialsError(error))
    }
  }

  private func tell(_ signedIn: SignedIn) {
    let who = signedIn.person.map { " as \($0)" } ?? ""
    StandardError.write(Terminal.escape("logged in\(who) at \(signedIn.place)"))
    StandardError.write(
      "  the sign-in is good until \(signedIn.expiry.formatted(.iso8601))"
        + (signedIn.isRenewable ? ", and is renewed by itself" : "")
    )
  }

  /// Signs the person out, and says what became of it; throws `Failure`.
  func logOut() async throws {
    let name = Terminal.escape(context)
    do throws(CloudError) {
      let aws = try await aws()
      let outcome = try await AWSSignIn(in: aws).signOut(in: aws, command.signOutEffects)
      switch outcome {
      case .nothing: StandardError.write("\(name): nobody was logged in")
      case .ended:
        StandardError.write("\(name): logged out at AWS, and the sign-in is removed here")
      case .forgotten:
        StandardError.write("\(name): logged out here; AWS needs no request for that")
      case .notEnded(let why):
        StandardError.write("\(name): logged out here, but not at AWS: \(Terminal.escape(why))")
        StandardError.write("  the sign-in may still work there until it ends")
      }
    } catch {
      throw Failure(CredentialsError(error))
    }
  }
}
