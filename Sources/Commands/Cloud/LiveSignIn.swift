// SPDX-License-Identifier: Apache-2.0

import Clouds
import Credentials
import Host

extension CloudCommand {
  /// What signing in may do, and how the person is asked.
  ///
  /// Throws ``CloudError/Code/loginNeeded`` if nobody is there to ask.
  func signInEffects(_ preference: LoginPreference) throws(CloudError) -> SignInEffects {
    let host = surroundings.host
    let audience = Audience(
      interactive: nil,
      terminal: host.stderrIsTerminal,
      display: host.showsBrowser
    )
    let way: SignInWay
    switch WhoMayBeAsked.way(preference, audience) {
    case .browser: way = .browser
    case .deviceOrURL: way = .deviceOrURL
    case .device: way = .device
    case .paste: way = .paste
    case .password, .none:
      let why = WhoMayBeAsked.why(preference)
      throw CloudError(.loginNeeded, why.what, remedy: why.remedy)
    }
    return live(way, canAnswer: audience.canAnswer)
  }

  /// What signing out may do; nobody is asked.
  var signOutEffects: SignInEffects { live(.browser, canAnswer: false) }

  private func live(_ way: SignInWay, canAnswer: Bool) -> SignInEffects {
    SignInEffects(
      way: way,
      canAnswer: canAnswer,
      uptime: effects.uptime,
      listen: { [effects] addresses async throws(CloudError) in
        try await Self.listen(addresses, effects)
      },
      openBrowser: effects.openBrowser,
      ask: { [effects] question in try await effects.ask(question, true) },
      showQRCode: effects.showQRCode,
      makeFolder: { path throws(CloudError) in
        try Self.file { () throws(HostError) in try Files.makeFolders(above: "\(path)/") }
      },
      removeFile: { path throws(CloudError) in
        try Self.file { () throws(HostError) in try Files.remove(path) }
      }
    )
  }

  private static func listen(
    _ addresses: [String],
    _ effects: Effects
  ) async throws(CloudError) -> SignInListener {
    let listener: RedirectListener
    do throws(ListenProblem) {
      listener = try await effects.listen(addresses)
    } catch {
      throw CloudError(.failed, error.what, remedy: "free a port on 127.0.0.1")
    }
    return SignInListener(
      hosts: listener.hosts,
      port: listener.port,
      serve: { receiver, conclude in
        try await listener.serve(receiver) { outcome in FinalPage(await conclude(outcome)) }
      }
    )
  }

  private static func file(_ action: () throws(HostError) -> Void) throws(CloudError) {
    do throws(HostError) {
      try action()
    } catch {
      throw CloudError(
        .store,
        error.message,
        remedy: error.remedy ?? "check owner and mode of the file and its folder",
        cause: error
      )
    }
  }
}
