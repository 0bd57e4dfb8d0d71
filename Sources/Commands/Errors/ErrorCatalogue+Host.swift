// SPDX-License-Identifier: Apache-2.0

import Host

extension ErrorCatalogue {
  /// Failures of the machine.
  static func entry(_ code: HostError.Code) -> Entry {
    switch code {
    case .badAddress: HostEntries.badAddress
    case .addressInUse: HostEntries.addressInUse
    case .notOurFile: HostEntries.notOurFile
    case .tooLarge: HostEntries.tooLarge
    case .timedOut: HostEntries.timedOut
    case .cancelled: HostEntries.cancelled
    case .badArgument: HostEntries.badArgument
    case .system: HostEntries.system
    }
  }
}

private enum HostEntries {
  static let badAddress = ErrorCatalogue.Entry(
    "host.bad-address",
    meaning: "the address is not one that may be listened on",
    cause: "--listen with an address other than loopback",
    remedy: "use 127.0.0.1 or ::1"
  )
  static let addressInUse = ErrorCatalogue.Entry(
    "host.address-in-use",
    meaning: "every port that might be listened on is taken",
    cause: "another login is waiting, or another program has the port",
    remedy: "end it, or name another port that is registered at the issuer"
  )
  static let notOurFile = ErrorCatalogue.Entry(
    "host.not-our-file",
    meaning: "a path is no regular file, or one that others can change",
    cause: "a link, a device or a file of another user",
    remedy: "look into it, then make it yours alone: chown and chmod 600"
  )
  static let tooLarge = ErrorCatalogue.Entry(
    "host.too-large",
    meaning: "a file or line is longer than allowed",
    cause: "another file was named",
    remedy: "check the path"
  )
  static let timedOut = ErrorCatalogue.Entry(
    "host.timed-out",
    meaning: "another process did not answer in time",
    cause: "it hangs, or the machine is overloaded",
    remedy: "try again"
  )
  static let cancelled = ErrorCatalogue.Entry(
    "host.cancelled",
    meaning: "waiting was ended",
    cause: "the command was interrupted, or what it asked was answered otherwise",
    remedy: "run it again"
  )
  static let badArgument = ErrorCatalogue.Entry(
    "host.bad-argument",
    meaning: "a process cannot be started with these arguments",
    cause: "a zero byte in an option",
    remedy: "correct the option"
  )
  static let system = ErrorCatalogue.Entry(
    "host.system",
    meaning: "the operating system refused",
    cause: "the reason is in the message",
    remedy: "as the reason says: permissions, space, limits"
  )
}
