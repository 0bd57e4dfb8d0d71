// SPDX-License-Identifier: Apache-2.0

/// The host of a URL: a DNS name, an IPv4 address in four decimal parts, or an IPv6 address in
/// brackets.
struct WebHost: Sendable, Equatable {
  /// The name or address; an IPv6 address without its brackets.
  let name: String
  /// True for 127.0.0.0/8, ::1 and exactly "localhost".
  ///
  /// Told from the parsed address: a prefix check would take 127.evil.com for this machine.
  let isLoopback: Bool
  /// True for 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291 section 2.5.6), told in the same way.
  let isLinkLocal: Bool

  init?(_ text: Substring) {
    if text.hasPrefix("["), text.hasSuffix("]") {
      let address = text.dropFirst().dropLast()
      guard Self.isIPv6(address) else { return nil }
      name = String(address)
      isLoopback = address == "::1"
      let first = address.prefix { $0 != ":" }
      isLinkLocal = UInt16(first, radix: 16).map { $0 & 0xFFC0 == 0xFE80 } ?? false
      return
    }
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= 253, labels.allSatisfy(Self.isLabel), let last = labels.last else {
      return nil
    }
    name = String(text)
    // A last label of digits makes browsers read the whole host as a number, so it must be a plain
    // address.
    guard last.utf8.first.map({ (0x30...0x39).contains($0) }) == true else {
      isLoopback = text == "localhost"
      isLinkLocal = false
      return
    }
    guard let octets = Self.ipv4(labels) else { return nil }
    isLoopback = octets[0] == 127
    isLinkLocal = octets[0] == 169 && octets[1] == 254
  }

  private static func isLabel(_ label: Substring) -> Bool {
    !label.isEmpty && label.utf8.count <= 63 && label.first != "-"
      && label.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }

  private static func ipv4(_ labels: [Substring]) -> [UInt8]? {
    let octets = labels.compactMap { label in
      label.count > 1 && label.first == "0" ? nil : UInt8(label)
    }
    return labels.count == 4 && octets.count == 4 ? octets : nil
  }

  private static func isIPv6(_ text: Substring) -> Bool {
    var groups = text.split(separator: ":", omittingEmptySubsequences: false)
    if text.hasPrefix("::") { groups.removeFirst() }
    if text.hasSuffix("::") { groups.removeLast() }
    let gaps = groups.count { $0.isEmpty }
    // An empty group is right only where a double colon stands for zeros.
    guard gaps == (text.contains("::") ? 1 : 0), gaps == 1 ? groups.count <= 8 : groups.count == 8
    else {
      return false
    }
    return groups.allSatisfy { group in
      group.utf8.count <= 4 && group.utf8.allSatisfy { FormEncoding.hexValue($0) != nil }
    }
  }
}
