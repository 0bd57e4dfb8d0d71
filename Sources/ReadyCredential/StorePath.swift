// SPDX-License-Identifier: Apache-2.0

/// Where the session store of this user lies.
package enum StorePath {
  /// `$XDG_STATE_HOME/lanyard`, else `$HOME/.local/state/lanyard`; nil if neither variable holds an absolute path.
  ///
  /// Source: XDG Base Directory Specification 0.8. Nothing is created or looked at.
  package static func resolve(_ surroundings: Surroundings) -> String? {
    if let state = surroundings.absolutePath("XDG_STATE_HOME") { return state + "/lanyard" }
    guard let home = surroundings.absolutePath("HOME") else { return nil }
    return home + "/.local/state/lanyard"
  }
}
