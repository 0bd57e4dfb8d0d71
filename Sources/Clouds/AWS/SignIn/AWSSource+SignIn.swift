// SPDX-License-Identifier: Apache-2.0

import EKSToken

extension AWSSource {
  /// The source at the end of a chain of roles.
  var base: AWSSource {
    var source = self
    while case .role(_, let next, _) = source { source = next }
    return source
  }

  /// The file of a sign-in that the credentials depend on, absolute: with it goes what was made of it.
  func files(in context: AWSContext) -> [String] {
    switch base {
    case .sso(let profile): SSOCredentials.files(of: profile, in: context)
    case .login(let profile): LoginCredentials.files(of: profile, in: context)
    default: []
    }
  }
}
