// SPDX-License-Identifier: Apache-2.0

extension AWSSource {
  /// The source at the end of a chain of roles.
  var base: AWSSource {
    var source = self
    while case .role(_, let next, _) = source { source = next }
    return source
  }
}
