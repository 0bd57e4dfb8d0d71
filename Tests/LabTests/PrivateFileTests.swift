// SPDX-License-Identifier: Apache-2.0

import Lab
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct PrivateFileTests {
  private static let marker = LabKubeconfig.marker

  private static func inFolder(_ body: (String) throws -> Void) throws {
    let folder = try PrivateFile.temporaryFolder(prefix: "lab-tests")
    defer { PrivateFile.removeFolder(folder) }
    try body(folder)
  }

  private static func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path))
  }

  @Test(
    arguments: [
      Array("apiVersion: v1\n".utf8), Array(marker.utf8.dropLast(3)), [], [0xff, 0xfe, 0x0a],
      Array("\u{feff}\(marker)".utf8), Array(marker.utf8.dropLast()) + [0x0d, 0x0a],
    ] as [[UInt8]]
  )
  func `a file that does not begin with the marker is left alone`(content: [UInt8]) throws {
    try Self.inFolder { folder in
      let path = "\(folder)/file"
      try Data(content).write(to: URL(filePath: path))
      #expect(throws: LabError.self) {
        try PrivateFile.write("new", to: path, replacingOnly: Self.marker)
      }
      #expect(try Array(Self.bytes(path)) == content)
    }
  }

  @Test func `a file that does, or is not there, is written`() throws {
    try Self.inFolder { folder in
      let path = "\(folder)/file"
      for text in ["\(Self.marker)one", "\(Self.marker)\u{e9}two"] {
        try PrivateFile.write(text, to: path, replacingOnly: Self.marker)
        #expect(try PrivateFile.read(path) == text)
      }
    }
  }

  @Test func `what cannot be read is left alone`() throws {
    try Self.inFolder { folder in
      let file = "\(folder)/file"
      try PrivateFile.write("somebody's", to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file)
      for path in [folder, file, "\(file)/below"] {
        #expect(throws: LabError.self) {
          try PrivateFile.write("new", to: path, replacingOnly: Self.marker)
        }
      }
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
      #expect(try PrivateFile.read(file) == "somebody's")
    }
  }

  @Test func `a link stays a link, and only a file with the marker behind it is written`() throws {
    try Self.inFolder { folder in
      let files = FileManager.default
      let target = "\(folder)/target"
      let link = "\(folder)/link"
      try files.createSymbolicLink(atPath: link, withDestinationPath: "target")
      let write = {
        try PrivateFile.write("\(Self.marker)new", to: link, replacingOnly: Self.marker)
      }
      #expect(throws: LabError.self, "a link to nothing") { try write() }
      #expect(!files.fileExists(atPath: target))
      try PrivateFile.write("somebody's", to: target)
      #expect(throws: LabError.self) { try write() }
      #expect(try PrivateFile.read(target) == "somebody's")
      try PrivateFile.write(Self.marker, to: target)
      try write()
      #expect(try PrivateFile.read(target) == "\(Self.marker)new")
      #expect(try files.destinationOfSymbolicLink(atPath: link) == "target")
    }
  }
}
