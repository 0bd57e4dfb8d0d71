// SPDX-License-Identifier: Apache-2.0

import AWS
import Clouds
import OAuth
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A person in front of a browser, or at a terminal.
final class Person: Sendable {
  struct State {
    var opened: [String] = []
    var pages: [Int] = []
    var folders: [String] = []
    var removed: [String] = []
    var codes: [String] = []
    /// What the person types, one line after the other.
    var typed: [String] = []
  }

  let state = Mutex(State())
  /// The query of the redirect, but for its state; nil if the browser is on another machine.
  private let answer: String?

  init(answering answer: String? = "code=the-code") {
    self.answer = answer
  }

  var opened: [String] { state.withLock(\.opened) }

  /// The parameters of the address that was opened, or told.
  func parameters(_ url: String) -> [String: String] {
    let query = url.split(separator: "?", maxSplits: 1).last ?? ""
    let pairs = FormEncoding.decode(query.utf8) ?? []
    return Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
  }

  func effects(_ way: SignInWay, _ world: World, canAnswer: Bool = false) -> SignInEffects {
    SignInEffects(
      way: way,
      canAnswer: canAnswer,
      uptime: { world.state.withLock(\.uptime) },
      listen: { _ throws(CloudError) in self.listener(world) },
      openBrowser: { url in
        self.state.withLock { $0.opened.append(url) }
        return true
      },
      ask: { _ in
        self.state.withLock { $0.typed.isEmpty ? nil : $0.typed.removeFirst() }
      },
      showQRCode: { text in self.state.withLock { $0.codes.append(text) } },
      makeFolder: { path throws(CloudError) in self.state.withLock { $0.folders.append(path) } },
      removeFile: { path throws(CloudError) in
        self.state.withLock { $0.removed.append(path) }
        world.state.withLock { $0.files[path] = nil }
      }
    )
  }

  private func listener(_ world: World) -> SignInListener {
    SignInListener(
      hosts: ["127.0.0.1:7777"],
      port: 7777,
      serve: { receiver, conclude in
        guard let answer = self.answer else { return try await Task.sleep(for: .seconds(3600)) }
        var receiver = receiver
        let told = world.told.first { $0.contains("://") } ?? ""
        let state = self.parameters(self.opened.first ?? told)["state"] ?? ""
        for target in [
          "/oauth/callback?code=x&state=strange", "/oauth/callback?\(answer)&state=\(state)",
        ] {
          let action = receiver.receive(
            method: "GET",
            target: target,
            host: "127.0.0.1:7777",
            contentType: nil,
            body: []
          )
          guard case .finish(let outcome, _, _, _) = action else { continue }
          let page = await conclude(outcome)
          self.state.withLock { $0.pages.append(page.status) }
        }
      }
    )
  }
}
