// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Tells file systems that several hosts may share from local ones.
///
/// `statfs` is not importable from the C library's module on Linux, so the answer comes from the kernel's
/// mount table (proc_pid_mountinfo(5)) by device number.
package enum MountTable {
  private static let networkTypes: Set<String> = [
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "smb3", "smbfs", "virtiofs",
  ]

  /// FUSE file systems are named `fuse.<program>`; these talk to other machines.
  private static let networkFUSE: Set<String> = [
    "davfs2", "glusterfs", "juicefs", "mfs", "rclone", "s3fs", "sshfs",
  ]

  /// Whether a file system of this type lies on, or is shared with, other machines.
  package static func isShared(type: String) -> Bool {
    if type.hasPrefix("fuse.") { return networkFUSE.contains(String(type.dropFirst(5))) }
    return networkTypes.contains(type)
  }

  /// The type of the file system mounted from the device, from the text of a mountinfo file.
  package static func type(ofDevice major: UInt64, _ minor: UInt64, in table: String) -> String? {
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2, fields[2] == "\(major):\(minor)",
        let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
      else { continue }
      return String(fields[dash + 1])
    }
    return nil
  }

  #if canImport(Darwin)
  @Sendable static func isNetwork(_ path: String) -> Bool {
    var raw = statfs()
    guard unsafe statfs(path, &raw) == 0 else { return false }
    return raw.f_flags & UInt32(MNT_LOCAL) == 0
  }
  #else
  @Sendable static func isNetwork(_ path: String) -> Bool {
    var raw = stat()
    guard unsafe stat(path, &raw) == 0,
      let table = try? POSIXFiles.read("/proc/self/mountinfo", 1 << 20)
    else { return false }
    // The bit layout of dev_t that glibc and musl share (makedev(3)).
    let device = UInt64(raw.st_dev)
    let major = (device >> 8) & 0xfff | (device >> 32) & 0xffff_f000
    let minor = device & 0xff | (device >> 12) & 0xffff_ff00
    let text = String(decoding: table.bytes, as: UTF8.self)
    return type(ofDevice: major, minor, in: text).map(isShared) ?? false
  }
  #endif
}
