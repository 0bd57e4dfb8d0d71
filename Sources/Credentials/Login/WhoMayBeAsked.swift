// SPDX-License-Identifier: Apache-2.0

/// What `--login` says.
package enum LoginPreference: String, Sendable, CaseIterable, Codable {
  /// Decide by who is there.
  case auto
  /// Authorization code with a browser, whoever is there.
  case browser
  /// Device code, whoever is there.
  case device
  /// Authorization code with a browser on another machine, from which the answer is pasted.
  case paste
  /// Never log in.
  case never
}

/// Who is there to answer a question.
package struct Audience: Sendable, Equatable {
  /// `spec.interactive` of the exec info; nil if run by hand.
  ///
  /// It speaks about stdin only, but a person who said "not interactive" does not expect a browser either.
  package var interactive: Bool?
  /// Whether messages reach a terminal.
  package var terminal: Bool
  /// Whether a browser on this machine could be seen: a display, and neither SSH nor a container in between.
  package var display: Bool

  /// Whether somebody can type an answer: there is a terminal, and client-go does not say that it is taken.
  package var canAnswer: Bool { terminal && interactive != false }

  /// Describes who is there.
  package init(interactive: Bool?, terminal: Bool, display: Bool) {
    self.interactive = interactive
    self.terminal = terminal
    self.display = display
  }
}

/// How a login is to be done, or that there is to be none.
package enum LoginWay: Sendable, Equatable {
  /// Open the browser here and listen on loopback.
  case browser
  /// Device code if the issuer offers it, else print the URL and listen on loopback.
  case deviceOrURL
  /// Device code; an issuer without it is an error.
  case device
  /// Print the URL, listen, and take the answer from the terminal too.
  case paste
  /// Send the person's password to the issuer: only for the grant of that name.
  case password
  /// No login: nobody is there, or the person said never.
  case none
}

/// The whole rule of who may be asked to log in.
///
/// docs/life-of-a-credential.md shows the same table.
package enum WhoMayBeAsked {
  /// Decides by `--login`, `spec.interactive`, terminal and display.
  ///
  /// Background callers are the reason: with an expired session they open dozens of tabs in peers
  /// (int128/kubelogin issues 904 and 1330).
  package static func way(_ preference: LoginPreference, _ audience: Audience) -> LoginWay {
    switch (preference, audience.interactive, audience.terminal, audience.display) {
    case (.never, _, _, _): .none
    case (.browser, _, _, _): .browser
    case (.device, _, _, _): .device
    case (.paste, false?, _, _), (.paste, _, false, _): .none
    case (.paste, _, true, _): .paste
    case (.auto, false?, _, _): .none
    case (.auto, true?, _, true): .browser
    case (.auto, true?, _, false): .deviceOrURL
    case (.auto, nil, false, _): .none
    case (.auto, nil, true, true): .browser
    case (.auto, nil, true, false): .deviceOrURL
    }
  }

  /// Why a person who typed the command is not asked, where ``way(_:_:)`` gives none, and what to do about it.
  package static func why(_ preference: LoginPreference) -> (what: String, remedy: String) {
    guard preference != .never else {
      return ("nobody is asked, because --login never says so", "leave it out, or say another way")
    }
    return (
      "there is nobody to ask: no terminal to say anything on",
      "run it at a terminal, or say --login browser or --login device"
    )
  }
}
