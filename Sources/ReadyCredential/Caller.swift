// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The process that asked for a token: its pid and when it started, so that a reused pid is another caller.
package struct Caller: Sendable, Hashable {
  /// The process id.
  package let process: UInt32
  /// When it started: clock ticks since boot on Linux, microseconds since 1970 on macOS.
  ///
  /// Compared, never shown.
  package let started: UInt64

  /// A caller from its parts.
  package init(process: UInt32, started: UInt64) {
    self.process = process
    self.started = started
  }

  /// The parent of this process if it speaks client-go's exec protocol, else nil.
  ///
  /// Only client-go is known to ask again because of a 401, and it always sets `KUBERNETES_EXEC_INFO`. A script that
  /// calls `lanyard get-token` every few seconds rejects nothing and must not cause renewals.
  package static func clientGo(_ surroundings: Surroundings) -> Caller? {
    guard surroundings.variable("KUBERNETES_EXEC_INFO") != nil else { return nil }
    let parent = getppid()
    guard parent > 0, let started = startTime(of: parent) else { return nil }
    return Caller(process: UInt32(parent), started: started)
  }

  #if canImport(Darwin)
  private static func startTime(of process: pid_t) -> UInt64? {
    var name = [CTL_KERN, KERN_PROC, KERN_PROC_PID, process]
    var info = kinfo_proc()
    var size = MemoryLayout<kinfo_proc>.stride
    guard unsafe sysctl(&name, 4, &info, &size, nil, 0) == 0, size > 0 else { return nil }
    let started = unsafe info.kp_proc.p_starttime
    return UInt64(started.tv_sec) &* 1_000_000 &+ UInt64(started.tv_usec)
  }
  #else
  private static func startTime(of process: pid_t) -> UInt64? {
    guard case .opened(let file) = Descriptor.open("/proc/\(process)/stat"),
      let line = file.read(atMost: 1024)
    else { return nil }
    return startTime(inProcStat: line)
  }
  #endif

  /// Field 22 of `/proc/PID/stat` (proc(5)); the second field is a name in parentheses that may hold anything.
  package static func startTime(inProcStat line: [UInt8]) -> UInt64? {
    guard let nameEnd = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    var field = 2
    var value: UInt64 = 0
    var digits = 0
    for byte in line[(nameEnd + 1)...] {
      if byte == UInt8(ascii: " ") {
        if field == 22 { break }
        field += 1
      } else if field == 22 {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digits < 19 else {
          return nil
        }
        value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
        digits += 1
      }
    }
    return digits > 0 ? value : nil
  }
}
