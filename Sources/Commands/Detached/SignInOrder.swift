// SPDX-License-Identifier: Apache-2.0

import Clouds
import OAuth

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What an asker hands to the detached renewal of a sign-in, through a pipe and nowhere else: its environment may hold
/// keys.
struct SignInOrder: Codable, Equatable {
  /// What is to be renewed.
  var renewal: SignInRenewal
  /// The asker's arguments, by which messages find the context.
  var arguments: [String]
  /// The asker's environment.
  var environment: [String: String]
  /// What the asker's user allows, and the authorities that they added (PEM).
  var allowed: [CloudPermission]
  var authorities: [UInt8]

  /// The bytes for the pipe.
  func encoded() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }
}

extension SignInOrder {
  /// Reads what `encoded()` wrote.
  init(decoding bytes: [UInt8]) throws {
    self = try JSONDecoder().decode(SignInOrder.self, from: Data(bytes))
  }
}

/// What a detached renewal of a sign-in reports once its outcome is on disk.
struct SignInReport {
  /// What the file holds now, or why nothing came of it.
  var outcome: Result<KeptSecret, CloudError>
  /// The files that were replaced.
  var written: [String]
  /// Lines for the person.
  var told: [String]
  /// Lines for `-v`.
  var traced: [String]

  /// The failure of a renewal that says nothing of itself.
  static let empty = CloudError(.failed, "nothing was renewed", remedy: "try again")
}

extension SignInReport {
  /// The report as it goes through the pipe; written out because secrets are deliberately not Codable.
  private struct Wire: Codable {
    var secret: String?
    var obtained: Date?
    var expiry: Date?
    var code: String?
    var what: String?
    var remedy: String?
    var retryAfter: Int?
    var written: [String]
    var told: [String]
    var traced: [String]
  }

  /// The bytes for the pipe.
  func encoded() throws -> [UInt8] {
    var wire = Wire(written: written, told: told, traced: traced)
    switch outcome {
    case .success(let kept):
      (wire.secret, wire.obtained, wire.expiry) =
        (kept.secret.expose(), kept.obtained, kept.expiry)
    case .failure(let error):
      (wire.code, wire.what, wire.remedy, wire.retryAfter) =
        (error.code.rawValue, error.what, error.remedy, error.retryAfter)
    }
    return Array(try JSONEncoder().encode(wire))
  }

  /// Reads what `encoded()` wrote; nil for anything else, such as the nothing that a killed renewal leaves.
  init?(decoding bytes: [UInt8]) {
    guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(bytes)) else { return nil }
    (written, told, traced) = (wire.written, wire.told, wire.traced)
    if let secret = wire.secret, let obtained = wire.obtained, let expiry = wire.expiry {
      outcome = .success(KeptSecret(secret: Secret(secret), obtained: obtained, expiry: expiry))
    } else if let code = wire.code.flatMap(CloudError.Code.init(rawValue:)), let what = wire.what {
      outcome = .failure(
        CloudError(code, what, remedy: wire.remedy ?? "try again", retryAfter: wire.retryAfter)
      )
    } else {
      return nil
    }
  }
}
