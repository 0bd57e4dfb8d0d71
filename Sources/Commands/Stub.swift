// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

package struct StubCommand: ParsableCommand {
  package init() {}
  package func run() throws {}
}
package func runLanyard() { StubCommand.main() }
