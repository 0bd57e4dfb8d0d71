// SPDX-License-Identifier: Apache-2.0

import Credentials
import OAuth
import Testing

/// Logins by device code, from the side of the terminal (RFC 8628).
@Suite struct DeviceTests {
  static let page = "\(Given.issuer)/device"

  /// What the device authorization endpoint answers; named, because the compiler does not survive it in place.
  private static let code: World.Answer = { _ throws(TransportFailure) in
    World.ok(
      """
      {"device_code":"d","user_code":"AB-CD","verification_uri":"\(Self.page)","expires_in":86400,
      "verification_uri_complete":"\(Self.page)?user_code=AB-CD","interval":1}
      """
    )
  }

  private func world() throws -> World {
    let world = try World()
    world.edit {
      $0.onMetadata = World.metadata("\"device_authorization_endpoint\":\"\(Given.issuer)/code\"")
    }
    world.script(Self.code)
    return world
  }

  @Test func codeAddressAndPictureAreShown() async throws {
    let world = try world()
    world.script(World.error(400, "authorization_pending"), World.tokens(1))
    #expect(try await world.print(.device, interactive: true).hasSuffix(" 970"))
    #expect(world.lines.contains("open \(Self.page) on any device and enter the code AB-CD"))
    #expect(world.lines.contains("QR \(Self.page)?user_code=AB-CD"))
    #expect(world.lines.contains("press Enter to open it in a browser on this machine"))
    #expect(world.read { $0.opened }.isEmpty, "nothing opens behind anybody's back")
  }

  @Test func enterOpensThePage() async throws {
    let world = try world()
    world.edit { state in
      state.typed = [""]
      state.onPause = { world in
        let opened = !world.read { $0.opened }.isEmpty
        world.script(opened ? World.tokens(1) : World.error(400, "authorization_pending"))
      }
    }
    _ = try await world.print(.device, interactive: true)
    #expect(world.read { $0.opened } == ["\(Self.page)?user_code=AB-CD"])
  }

  @Test func whoCannotTypeIsOfferedNoKey() async throws {
    let world = try world()
    world.script(World.tokens(1))
    _ = try await world.print(.device, interactive: false)
    #expect(world.lines.contains("enter the code AB-CD"))
    #expect(!world.lines.contains("QR"))
    #expect(!world.lines.contains("press Enter"))
    #expect(world.read { $0.questions }.isEmpty)
  }

  /// Seen at django-allauth: the device gets no ID token, a refresh does.
  @Test func missingIDTokenComesWithTheRefreshToken() async throws {
    let world = try world()
    world.script(World.tokens(1, id: false), World.tokens(2))
    _ = try await world.print(.device, interactive: true)
    #expect(try world.stored()?.refreshToken?.expose() == "refresh-2")
    #expect(world.calls.contains("refresh-1 with scope"))
  }

  @Test(arguments: [Offer.auto, .always])
  func bearerTokensWhereAKeyWasProved(_ dpop: Offer) async throws {
    let world = try world()
    world.edit {
      $0.onMetadata = World.metadata(
        """
        "device_authorization_endpoint":"\(Given.issuer)/code","dpop_signing_alg_values_supported":["ES256"]
        """
      )
    }
    world.script(World.tokens(1))
    var request = try Given.request()
    request.manner.dpop = dpop
    if dpop == .always {
      let error = try await world.refusal(.device, interactive: true, request: request)
      #expect(error?.code == .refused)
      #expect(world.read { $0.written }.isEmpty)
    } else {
      _ = try await world.print(.device, interactive: true, request: request)
      #expect(try world.stored()?.binding == nil)
    }
  }
}
