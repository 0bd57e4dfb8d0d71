// SPDX-License-Identifier: Apache-2.0
//
// The program that kubectl starts. It prints a ready credential if there is one that may be printed, signs an EKS token
// if static keys are all that it takes, and otherwise replaces itself with `lanyard-full`, which lies beside it. It
// starts no thread and links no Foundation: starting it costs what starting /bin/true costs (docs/linking.md).

import EKSToken
import ReadyCredential

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The arguments after argv[0], as the bytes that they are.
func argumentBytes() -> [[UInt8]] {
  unsafe UnsafeBufferPointer(
    start: CommandLine.unsafeArgv,
    count: Int(CommandLine.argc)
  ).dropFirst().compactMap { argument in
    unsafe argument.map { unsafe Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
  }
}

/// The ready credential of this request, if there is one that may be printed.
func readyCredential(
  _ arguments: [[UInt8]],
  _ surroundings: Surroundings,
  _ now: UnixTime
) -> ArraySlice<UInt8>? {
  guard let store = StorePath.resolve(surroundings),
    let key = ReadyCredentialKey(
      arguments: arguments,
      surroundings: surroundings,
      storePath: store
    ),
    let folder = ReadyFolder.resolve(surroundings)
  else { return nil }
  let caller = Caller.clientGo(surroundings)
  guard case .hit(let body) = folder.lookup(key, storePath: store, now: now, caller: caller) else {
    return nil
  }
  return body
}

/// What this program can answer by itself: a ready credential, else an EKS token that static keys sign.
func answer() -> ArraySlice<UInt8>? {
  let arguments = argumentBytes()
  let surroundings = Surroundings.current
  var clock = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &clock)
  let now = UnixTime(seconds: Int64(clock.tv_sec), nanoseconds: Int64(clock.tv_nsec))
  return readyCredential(arguments, surroundings, now)
    ?? StaticKeyAnswer.bytes(arguments: arguments, surroundings: surroundings, now: now)?[...]
}

if let body = answer() {
  // Without running exit handlers: there are none, and the C++ runtime's own cost time.
  if Output.write(body) { _exit(0) }
  // As the full program says it.
  let lines =
    "lanyard: the credential could not be written to stdout\n  \(Output.reason(errno))\n"
  _ = Output.write(Array(lines.utf8)[...], to: 2)
  _exit(1)
}
let failure = unsafe FullProgram.replaceProcess(arguments: CommandLine.unsafeArgv)
_ = Output.write(Array(failure.utf8)[...], to: 2)
_exit(1)
