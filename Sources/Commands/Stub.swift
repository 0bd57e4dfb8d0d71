// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Host

package struct StubCommand: ParsableCommand {
  package init() {}
  package func run() throws { hostStub() }
}
