// SPDX-License-Identifier: Apache-2.0
//
// The program that kubectl starts. It prints a ready credential if there is one that may be printed, and otherwise
// replaces itself with `lanyard-full`, which lies beside it. It starts no thread and links no Foundation: starting it
// costs what starting /bin/true costs (docs/linking.md).

import ReadyCredential

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The ready credential of this request, if there is one that may be printed.
func readyCredential() -> ArraySlice<UInt8>? {
  let arguments = unsafe UnsafeBufferPointer(
    start: CommandLine.unsafeArgv,
    count: Int(CommandLine.argc)
  ).dropFirst().compactMap { argument in
    unsafe argument.map { unsafe Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
  }
  let surroundings = Surroundings.current
  guard let store = StorePath.resolve(surroundings),
    let key = ReadyCredentialKey(
      arguments: arguments,
      surroundings: surroundings,
      storePath: store
    ),
    let folder = ReadyFolder.resolve(surroundings)
  else { return nil }
  var clock = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &clock)
  let now = UnixTime(seconds: Int64(clock.tv_sec), nanoseconds: Int64(clock.tv_nsec))
  let caller = Caller.clientGo(surroundings)
  guard case .hit(let body) = folder.lookup(key, storePath: store, now: now, caller: caller) else {
    return nil
  }
  return body
}

if let body = readyCredential() {
  // Without running exit handlers: there are none, and the C++ runtime's own cost time.
  _exit(Output.write(body) ? 0 : 1)
}
let failure = unsafe FullProgram.replaceProcess(arguments: CommandLine.unsafeArgv)
_ = Output.write(Array(failure.utf8)[...], to: 2)
_exit(1)
