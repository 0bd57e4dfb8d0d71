// SPDX-License-Identifier: Apache-2.0

import Lab
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

/// `lanyard-lab up`: what its options say is what the lab does.
@Suite struct LabProgramTests {
  private static let robot = [("client_id", "robot"), ("client_secret", "s3cret")]
  private static let carol = [
    ("grant_type", "password"), ("scope", "openid groups"), ("username", "carol"),
    ("password", "word"),
  ]

  private static func refresh(_ token: String, _ client: [(String, String)]) -> [(String, String)] {
    [("grant_type", "refresh_token"), ("refresh_token", token)] + client
  }

  @Test func `the options reach the lab`() async throws {
    try await OpenLab.with([
      "--access-lifetime", "77", "--refresh-lifetime", "50", "--reuse-grace", "40",
      "--device-interval", "9", "--alg", "ES256", "--client", "robot:s3cret", "--client-id",
      "robot",
      "--user", "carol:night,shift:word", "--fault", "status:code=503,grant=password",
    ]) { lab in
      #expect(try lab.fact("clientID") == "robot")
      #expect(try await lab.post("/token", Self.carol + Self.robot).status == 503)
      let login = try await lab.post("/token", Self.carol + Self.robot).json()
      #expect(login["expires_in"]?.int == 77)
      #expect(login["id_token"]?.string?.hasPrefix(Self.header(#"{"alg":"ES256","#)) == true)
      let first = try #require(login["refresh_token"]?.string)
      let second = try await lab.post("/token", Self.refresh(first, Self.robot)).json()
      let again = try await lab.post("/token", Self.refresh(first, Self.robot)).json()
      #expect(second["refresh_token"] != nil)
      #expect(second["refresh_token"] == again["refresh_token"])
      let device = try await lab.post("/device_authorization", Self.robot).json()
      #expect(device["interval"]?.int == 9)
      #expect(try await lab.admin("clock", #"{"advance":51}"#).status == 200)
      let late = try #require(second["refresh_token"]?.string)
      #expect(try await lab.post("/token", Self.refresh(late, Self.robot)).status == 400)
      let sessions = try await lab.admin("sessions").json()["sessions"]
      #expect(sessions?[0]?["user"]?.string == "carol")
    }
  }

  /// The beginning of a token whose header begins like this; a multiple of three bytes.
  private static func header(_ text: String) -> String {
    Data(text.utf8.prefix(text.utf8.count / 3 * 3)).base64EncodedString()
  }

  @Test func `without rotation, and with another client of a usual name`() async throws {
    let client = [("client_id", "lanyard"), ("client_secret", "s3cret")]
    try await OpenLab.with([
      "--no-rotation", "--client", "lanyard:s3cret", "--user", "carol::word",
    ]) { lab in
      let anonymous = Self.carol + [("client_id", "lanyard")]
      #expect(try await lab.post("/token", anonymous).status == 401)
      let login = try await lab.post("/token", Self.carol + client).json()
      let token = try #require(login["refresh_token"]?.string)
      for _ in 1...2 {
        let answer = try await lab.post("/token", Self.refresh(token, client)).json()
        #expect(answer["refresh_token"]?.string == token)
      }
    }
  }

  @Test(arguments: [
    (["--user", "a", "--user", "a:dev"], "--user name \"a\" twice"),
    (["--client", "a", "--client-auth", "a:none"], "name \"a\" twice"),
    (["--client-id", "nobody"], "not \"nobody\""),
    (["--idp-port", "99999"], "--idp-port takes a number of 0 to 65535"),
    (["--api-port=-1"], "--api-port takes a number of 0 to 65535"),
    (["--access-lifetime", "9223372036854775807"], "--access-lifetime takes a number of 1"),
    (["--document-max-age=-1"], "--document-max-age takes a number of 0"),
    (["--fault", "status:cod=429"], "has no parameter \"cod\""),
    (["--alg", "FOO"], "the value 'FOO' is invalid for '--alg <algorithm>'"),
    (["--jwks", "half"], "'no-kid', 'several-no-kid'"),
    (["--par", "maybe"], "'off', 'offered' or 'required'"),
    (["--colour"], "unknown option '--colour'"),
  ])
  func `an option that cannot be is refused`(options: [String], reason: String) async throws {
    let words = try [Programs.lab, "up"] + options
    let result = try await ProcessRunner.run(words, timeout: .seconds(60))
    #expect(result.status == 2)
    #expect(result.errors.contains(reason), "\(result.errors)")
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("lanyard-lab: ") && lines[1].hasPrefix("  "))
    #expect(result.output.isEmpty)
  }

  @Test func `it has the version of lanyard`() async throws {
    let lanyard = try await ProcessRunner.run([try Programs.lanyard, "--version"])
    let lab = try await ProcessRunner.run([try Programs.lab, "--version"])
    #expect(lab.status == 0)
    #expect(lab.output == lanyard.output.replacing("lanyard", with: "lanyard-lab"))
  }

  /// What a shell makes of a line that `up` says to type, an argument a line.
  private static func words(_ line: Substring, _ name: String) async throws -> [String] {
    let show = "\(name)() { printf '%s\\n' \"$@\"; }; cd /; \(line)"
    return try await ProcessRunner.run(["/bin/sh", "-c", show]).output.split(separator: "\n")
      .map(String.init)
  }

  @Test func `what it says to type means the same in every folder`() async throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "lanyard's e2e")
    defer { PrivateFile.removeFolder(folder) }
    let state = "\(folder)/a state"
    let relative = String(repeating: "../", count: 30) + folder.dropFirst() + "/its config"
    try await OpenLab.with([
      "--state", state, "--kubeconfig", relative, "--tls", "--user", "carol::a word",
    ]) { lab in
      lab.program.send(SIGTERM)
      let lines = try await lab.program.result().output.split(separator: "\n")
      let export = try #require(lines.first { $0.contains("export KUBECONFIG=") })
      let shown = try await Self.words("\(export); show \"$KUBECONFIG\"", "show")
      #expect(shown == [try lab.fact("kubeconfig")])
      #expect(shown[0].hasPrefix("/"))
      #expect(try PrivateFile.read("\(folder)/its config").hasPrefix(LabKubeconfig.marker))
      let logIn = try #require(lines.first { $0.contains(" log-in 'URL' ") })
      let arguments = try await Self.words("show \(logIn)", "show")
      #expect(arguments.first.flatMap(ProcessRunner.find) != nil)
      #expect(
        arguments.dropFirst() == [
          "log-in", "URL", "--user", "carol", "--password", "a word", "--certificate-authority",
          "\(state)/ca.pem",
        ]
      )
      let curl = try #require(lines.first { $0.contains("curl -s ") })
      let secret = try PrivateFile.read("\(state)/admin-secret").dropLast()
      let asked = try await Self.words(curl, "curl")
      #expect(asked.contains("Authorization: Bearer \(secret)"), "\(curl)")
      #expect(asked.contains("\(state)/ca.pem"))
    }
  }

  @Test(arguments: ["--idp-port", "--api-port"])
  func `a taken port is named, with the option for another one`(option: String) async throws {
    try await OpenLab.with([]) { lab in
      let url = try lab.fact(option == "--idp-port" ? "issuer" : "apiserver")
      let port = try #require(WebAddress(url)).port
      let result = try await ProcessRunner.run([try Programs.lab, "up", option, "\(port)"])
      #expect(result.status == 1)
      #expect(result.errors.contains("cannot listen on 127.0.0.1:\(port)"), "\(result.errors)")
      #expect(result.errors.contains(option), "\(result.errors)")
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func `a signal closes the lab, and nothing is left behind`(signal: Int32) async throws {
    try await OpenLab.with([]) { lab in
      let files = FileManager.default
      #expect(try lab.fact("kubeconfig").hasPrefix(lab.temporary))
      #expect(files.fileExists(atPath: try lab.fact("kubeconfig")))
      lab.program.send(signal)
      let result = try await lab.program.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.hasSuffix("the lab is closed\n"))
      #expect(try files.contentsOfDirectory(atPath: lab.temporary) == [])
    }
  }

  @Test func `a folder that was given stays`() async throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "lanyard-e2e")
    defer { PrivateFile.removeFolder(folder) }
    try await OpenLab.with(["--state", folder]) { lab in
      lab.program.send(SIGTERM)
      let result = try await lab.program.result()
      #expect(result.status == 0, "\(result.errors)")
      #expect(try PrivateFile.read("\(folder)/ca.pem").contains("CERTIFICATE"))
    }
  }
}
