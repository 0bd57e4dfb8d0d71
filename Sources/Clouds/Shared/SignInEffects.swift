// SPDX-License-Identifier: Apache-2.0

package import OAuth

/// What signing a person in does to the world, beside ``CloudEffects``: only `lanyard login` and `logout` have it.
///
/// Built in one place (Commands/Cloud); tests build another.
package struct SignInEffects: Sendable {
  /// How the person is asked.
  package var way: SignInWay
  /// Whether the person can type an answer at a terminal.
  package var canAnswer: Bool
  /// Seconds of a clock that never jumps, for waiting.
  package var uptime: @Sendable () -> Double
  /// Listens on the first of the loopback addresses that is free.
  package var listen: @Sendable (_ addresses: [String]) async throws(CloudError) -> SignInListener
  /// Starts the system's browser; false if none could be started.
  package var openBrowser: @Sendable (_ url: String) -> Bool
  /// Asks for one line at the terminal; nil if there is no terminal or no more input, throws when cancelled.
  package var ask: @Sendable (_ question: String) async throws -> String?
  /// Shows a QR code of a text on the terminal, unless it would not fit or could not be read there.
  package var showQRCode: @Sendable (_ text: String) -> Void
  /// Makes a folder and those above it, mode 0700, where they are missing.
  package var makeFolder: @Sendable (_ path: String) throws(CloudError) -> Void
  /// Removes a file; one that is not there is no error.
  package var removeFile: @Sendable (_ path: String) throws(CloudError) -> Void

  /// Makes the record.
  package init(
    way: SignInWay,
    canAnswer: Bool,
    uptime: @escaping @Sendable () -> Double,
    listen: @escaping @Sendable ([String]) async throws(CloudError) -> SignInListener,
    openBrowser: @escaping @Sendable (String) -> Bool,
    ask: @escaping @Sendable (String) async throws -> String?,
    showQRCode: @escaping @Sendable (String) -> Void,
    makeFolder: @escaping @Sendable (String) throws(CloudError) -> Void,
    removeFile: @escaping @Sendable (String) throws(CloudError) -> Void
  ) {
    self.way = way
    self.canAnswer = canAnswer
    self.uptime = uptime
    self.listen = listen
    self.openBrowser = openBrowser
    self.ask = ask
    self.showQRCode = showQRCode
    self.makeFolder = makeFolder
    self.removeFile = removeFile
  }
}

/// How a person is asked to sign in.
package enum SignInWay: Sendable, CaseIterable {
  /// The browser of this machine, and a listener on loopback.
  case browser
  /// A code that is entered on any device; the address of the login page where there is no such code.
  case deviceOrURL
  /// A code that is entered on any device.
  case device
  /// A browser on another machine, from which the answer is pasted.
  case paste
}

/// A loopback listener that waits for a login's answer.
package struct SignInListener: Sendable {
  /// Every accepted value of the Host field.
  package let hosts: [String]
  /// Its port.
  package let port: Int
  /// Answers requests by the receiver's rules until the login has ended.
  ///
  /// The browser waits for the page that `conclude` gives. Throws when cancelled.
  package let serve:
    @Sendable (
      RedirectReceiver, _ conclude: @escaping @Sendable (RedirectOutcome) async -> SignInPage
    ) async throws -> Void

  /// Makes a listener from what the host gives.
  package init(
    hosts: [String],
    port: Int,
    serve:
      @escaping @Sendable (
        RedirectReceiver, @escaping @Sendable (RedirectOutcome) async -> SignInPage
      ) async throws -> Void
  ) {
    self.hosts = hosts
    self.port = port
    self.serve = serve
  }
}

/// The page that the browser shows when a login has ended.
package struct SignInPage: Sendable {
  /// Its HTTP status.
  package let status: Int
  /// Header fields.
  package let headers: [(String, String)]
  /// The page.
  package let body: [UInt8]

  /// The page of a kind; see `RedirectPages.html`.
  package init(
    _ pages: RedirectPages,
    _ kind: RedirectPages.Kind,
    person: String? = nil,
    reason: String? = nil
  ) {
    status = [.loggedIn, .received, .refused].contains(kind) ? 200 : 400
    headers = pages.headers
    body = pages.html(kind, person: person, reason: reason)
  }
}
