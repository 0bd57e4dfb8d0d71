// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The target that `FUZZ_TARGET` names.
private let target: FuzzTarget? = {
  guard let name = unsafe getenv("FUZZ_TARGET") else { return nil }
  return FuzzTarget(rawValue: unsafe String(cString: name))
}()

/// What libFuzzer calls once per input; a breach ends the program, which libFuzzer counts as a crash.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // SAFETY: this is no part of the shipped program; ending it is how a finding is reported.
  guard let target else { fatalError("FUZZ_TARGET names no target") }
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do {
    _ = try target.run(input)
  } catch {
    // SAFETY: as above.
    fatalError("\(target.rawValue): \(error)")
  }
  return 0
}
