// SPDX-License-Identifier: Apache-2.0

import Lab

extension RunningLab {
  /// How many people logged in, whichever way.
  var logins: Int { count(.codeGrant) + count(.deviceGrant) }

  /// How many times a refresh token or a code came again.
  var replays: Int { count(.replay) }

  /// Whether a request with a refresh token has arrived at the token endpoint.
  var isBeingAskedToRenew: Bool {
    log().contains { $0.kind == .requestArrived && $0.grant == "refresh_token" }
  }
}
