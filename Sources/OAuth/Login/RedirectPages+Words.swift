// SPDX-License-Identifier: Apache-2.0

extension RedirectPages {
  /// How a page looks at first sight.
  enum Mood: String {
    case good, waiting, bad
  }

  /// What a page says.
  struct Words {
    let mood: Mood
    let title: String
    let sentences: [String]
  }

  static func words(_ kind: Kind) -> Words {
    switch kind {
    case .loggedIn:
      Words(
        mood: .good,
        title: "You are logged in",
        sentences: ["Your token is ready. You can close this window and go back to your terminal."]
      )
    case .received:
      Words(
        mood: .waiting,
        title: "Login answer received",
        sentences: [
          "The issuer has let you in, and lanyard is fetching your token now.",
          "You can close this window: your terminal shows how it goes on.",
        ]
      )
    case .refused:
      Words(
        mood: .bad,
        title: "The issuer refused the login",
        sentences: [
          "No token was issued. Your terminal shows the reason that the issuer gave.",
          "To try again, start the login once more in your terminal. You can close this window.",
        ]
      )
    case .fault:
      Words(
        mood: .bad,
        title: "The login answer was refused",
        sentences: [
          "The issuer's answer broke a rule of the login protocol, so lanyard did not use it.",
          "Your terminal shows which rule it was and what to do. You can close this window.",
        ]
      )
    default: misfortunes(kind)
    }
  }

  /// The pages of logins that ended, or never were.
  private static func misfortunes(_ kind: Kind) -> Words {
    switch kind {
    case .otherLogin:
      Words(
        mood: .bad,
        title: "This answer is not for this login",
        sentences: [
          "It belongs to another login, perhaps an earlier one in another tab. Nothing was changed.",
          "Go on in the newest login window, or start the login once more in your terminal.",
        ]
      )
    case .expired:
      Words(
        mood: .bad,
        title: "The login took too long",
        sentences: [
          "The issuer waits no longer for this login, and no token was issued.",
          "Start the login once more in your terminal. You can close this window.",
        ]
      )
    case .failed:
      Words(
        mood: .bad,
        title: "The login did not succeed",
        sentences: [
          "The issuer has let you in, but lanyard got no token that it may use.",
          "Your terminal shows what to do about it. You can close this window.",
        ]
      )
    default:
      Words(
        mood: .bad,
        title: "Not a login answer",
        sentences: [
          "This is not the answer that lanyard waits for, and nothing was changed.",
          "If you were logging in, go on in the window where you began.",
        ]
      )
    }
  }
}
