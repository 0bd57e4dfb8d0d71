// SPDX-License-Identifier: Apache-2.0
import Testing

@Test func commandsStub() { #expect(Bool(true)) }
