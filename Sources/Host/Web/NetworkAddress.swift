// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An IP address as sixteen bytes; IPv4 in its mapped form (RFC 4291 §2.5.5.2), so that both compare alike.
struct NetworkAddress: Sendable, Equatable {
  /// The bytes, most significant first.
  let bytes: [UInt8]
  /// Whether it was written as IPv4.
  let isIPv4: Bool

  /// Reads `192.0.2.1` or `2001:db8::1`, without brackets or zone; nil for anything else.
  init?(_ text: String) {
    var four = in_addr()
    var sixteen = in6_addr()
    if unsafe inet_pton(AF_INET, text, &four) == 1 {
      let raw = unsafe withUnsafeBytes(of: &four) { unsafe Array($0) }
      bytes = [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + raw
      isIPv4 = true
    } else if unsafe inet_pton(AF_INET6, text, &sixteen) == 1 {
      bytes = unsafe withUnsafeBytes(of: &sixteen) { unsafe Array($0) }
      isIPv4 = false
    } else {
      return nil
    }
  }

  /// An address from its four or sixteen bytes, as certificates carry it (RFC 5280 §4.2.1.6).
  init?(raw: [UInt8]) {
    switch raw.count {
    case 4: bytes = [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + raw
    case 16: bytes = raw
    default: return nil
    }
    isIPv4 = raw.count == 4
  }

  /// The address as people write it; IPv6 in full, without shortening.
  var text: String {
    if isIPv4 { return bytes.suffix(4).map(String.init).joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2).map { index in
      String(Int(bytes[index]) << 8 | Int(bytes[index + 1]), radix: 16)
    }.joined(separator: ":")
  }

  /// Whether it is one of this machine's own: 127.0.0.0/8 or ::1.
  var isLoopback: Bool {
    let isMapped = bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])
    if isMapped { return bytes[12] == 127 }
    return bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }
}

/// A range of addresses in CIDR notation (RFC 4632 §3.1): `10.0.0.0/8`.
struct NetworkRange: Sendable, Equatable {
  private let base: NetworkAddress
  private let bits: Int

  /// Reads an address, a slash and a number of bits; nil for anything else.
  init?(_ text: String) {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let base = NetworkAddress(String(halves[0])),
      !halves[1].isEmpty, halves[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let length = Int(halves[1]), length <= (base.isIPv4 ? 32 : 128)
    else { return nil }
    self.base = base
    bits = length + (base.isIPv4 ? 96 : 0)
  }

  /// Whether an address lies in the range.
  func contains(_ address: NetworkAddress) -> Bool {
    for index in 0..<16 {
      let length = min(max(bits - index * 8, 0), 8)
      let mask = UInt8(truncatingIfNeeded: 0xff00 >> length)
      guard base.bytes[index] & mask == address.bytes[index] & mask else { return false }
    }
    return true
  }
}
