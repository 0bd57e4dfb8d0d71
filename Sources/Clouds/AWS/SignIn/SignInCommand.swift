// SPDX-License-Identifier: Apache-2.0

package import Clouds

/// The command of the AWS CLI that signs a person in.
package enum SignInCommand: Sendable, Equatable {
  /// At IAM Identity Center, for the profile of that name.
  case sso(String)
  /// At the console, for the profile of that name.
  case console(String)

  /// The command's words as a shell takes them.
  package var text: String {
    switch self {
    case .sso(let profile): "aws sso login --profile \(Self.quoted(profile))"
    case .console(let profile): "aws login --profile \(Self.quoted(profile))"
    }
  }

  /// A failure that this command repairs, and so does lanyard's own for the context that asks.
  package func needed(_ what: String, _ effects: CloudEffects) -> CloudError {
    let own = effects.loginCommand().map { ", or: \($0)" } ?? ""
    return CloudError(.loginNeeded, what, remedy: "sign in: \(text)\(own)")
  }

  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: Array("-_.@+:/".utf8).contains(byte)
      }
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
