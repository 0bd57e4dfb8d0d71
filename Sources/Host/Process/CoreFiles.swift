// SPDX-License-Identifier: Apache-2.0
import CPlatform

/// What is left of a process's memory when it crashes.
package enum CoreFiles {
  /// Has none written, as ssh-agent does: tokens and the key of the session store are in memory.
  ///
  /// On Linux other processes of the user cannot read the memory either; programs that this one starts are as usual.
  package static func forbid() {
    platform_forbid_dumps()
  }
}
