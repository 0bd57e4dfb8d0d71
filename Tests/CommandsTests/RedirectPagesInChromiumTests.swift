// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Host
import OAuth
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

private let chromium = "/usr/bin/chromium"

/// What a real browser makes of the pages, with the headers and from the sockets that a login has.
@Suite(.serialized, .enabled(if: Files.isProgram(chromium)))
struct RedirectPagesInChromiumTests {
  private static let pages = RedirectPages(
    issuerHost: "issuer.test",
    clientID: "<script>document.title='run'</script>",
    context: "prod"
  )

  @Test(arguments: [RedirectPages.Kind.loggedIn, .failed])
  func itIsShownInItsStyleWithoutAComplaint(_ kind: RedirectPages.Kind) async throws {
    let listener = try await LoopbackListener.bind(addresses: ["127.0.0.1:0"], patience: 3600)
    var fields = HTTPFields()
    for (name, value) in Self.pages.headers {
      fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
    }
    let response = LoopbackResponse(
      status: .ok,
      headers: fields,
      body: Self.pages.html(kind, person: "alice & bob", reason: "the <b>reason</b>")
    )
    let serving = Task { [fields] in
      try await listener.serve { request in
        request.target == "/page" ? .now(response) : .now(.init(status: .notFound, headers: fields))
      }
    }
    let (dom, log) = try await dump("http://127.0.0.1:\(listener.port)/page")
    serving.cancel()
    #expect(dom.contains(kind == .loggedIn ? "You are logged in" : "The login did not succeed"))
    #expect(dom.contains("<dd>&lt;script&gt;document.title='run'&lt;/script&gt;</dd>"))
    #expect(dom.contains("<dd>alice &amp; bob</dd>") == (kind == .loggedIn))
    #expect(dom.contains("the &lt;b&gt;reason&lt;/b&gt;") == (kind == .failed))
    #expect(!dom.contains("<title>run</title>"))
    for complaint in ["Content Security Policy", "Refused to", "Uncaught"] {
      #expect(!log.contains(complaint), "\(log)")
    }
  }

  /// The document as Chromium sees it, and what it says about it.
  private func dump(_ url: String) async throws -> (dom: String, log: String) {
    let folder = "/tmp/lanyard-chromium-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let sandbox = getuid() == 0 ? "--no-sandbox" : ""
    let script =
      "\(chromium) --headless=new \(sandbox) --disable-gpu --no-first-run "
      + "--user-data-dir=\(folder)/profile --enable-logging=stderr --dump-dom '\(url)' "
      + ">\(folder)/dom 2>\(folder)/log; : >\(folder)/done"
    _ = try DetachedProcess.launch(
      executable: "/bin/sh",
      arguments: ["-c", script],
      environment: ["HOME": folder, "PATH": "/usr/bin:/bin"],
      inherit: [:],
      signals: .ordinary
    )
    // Two minutes are for a machine under load, not a measure.
    for _ in 0..<1200 where !Files.exists("\(folder)/done") {
      try await Task.sleep(for: .milliseconds(100))
    }
    func text(_ name: String) throws -> String {
      let bytes = try #require(try Files.readBounded("\(folder)/\(name)", limit: 1 << 20))
      return String(decoding: bytes, as: UTF8.self)
    }
    return (try text("dom"), try text("log"))
  }
}
