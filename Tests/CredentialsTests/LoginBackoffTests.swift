// SPDX-License-Identifier: Apache-2.0

import Credentials
import SessionStore
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct LoginBackoffTests {
  private func after(_ seconds: Double) -> Date { Given.now.addingTimeInterval(seconds) }

  @Test func countsDoublesAndForgets() throws {
    let world = try World()
    try world.store.prepareFolders()
    let backoff = LoginBackoff(store: world.store, digest: "abc")
    #expect(backoff.remaining(at: Given.now) == nil)
    backoff.failed(at: Given.now)
    #expect(backoff.remaining(at: Given.now) == 30)
    #expect(backoff.remaining(at: after(29.5)) == 1)
    #expect(backoff.remaining(at: after(30)) == nil)
    backoff.failed(at: after(30))
    #expect(backoff.remaining(at: after(30)) == 60)
    backoff.clear()
    #expect(backoff.remaining(at: after(30)) == nil)
    backoff.failed(at: after(30))
    #expect(backoff.remaining(at: after(30)) == 30)
  }

  @Test func isPerIssuer() throws {
    let world = try World()
    try world.store.prepareFolders()
    LoginBackoff(store: world.store, digest: "abc").failed(at: Given.now)
    #expect(LoginBackoff(store: world.store, digest: "abd").remaining(at: Given.now) == nil)
  }

  @Test func markFromTheFutureIsNone() throws {
    let world = try World()
    try world.store.prepareFolders()
    let backoff = LoginBackoff(store: world.store, digest: "abc")
    backoff.failed(at: after(1000))
    #expect(backoff.remaining(at: Given.now) == nil)
  }

  @Test func damagedMarkIsNone() throws {
    let world = try World()
    try world.store.prepareFolders()
    try world.store.writeCache(name: "login-failed-abc", Array("{".utf8))
    let backoff = LoginBackoff(store: world.store, digest: "abc")
    #expect(backoff.remaining(at: Given.now) == nil)
  }

  @Test func withoutAStoreThereIsNone() throws {
    let world = try World()
    let descriptor = try FileEffects.posix.create(world.store.folder)
    try FileEffects.posix.close(descriptor)
    let backoff = LoginBackoff(store: world.store, digest: "abc")
    backoff.failed(at: Given.now)
    #expect(backoff.remaining(at: Given.now) == nil)
  }
}
