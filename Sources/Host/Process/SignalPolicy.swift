// SPDX-License-Identifier: Apache-2.0
import CPlatform
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the program does about signals.
package enum SignalPolicy {
  /// The signals with which a terminal, kubectl or a user ends an asker, and which a renewal survives.
  package static let outlived = [SIGHUP, SIGINT, SIGTERM, SIGPIPE]

  /// Writing to a closed pipe is an error to be handled, not the end of the program.
  package static func ignorePipe() {
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// Ignores HUP, INT, TERM and PIPE, then unblocks them.
  ///
  /// ``DetachedProcess/start(executable:arguments:environment:inherit:folder:)`` starts the child with the
  /// four blocked, so there is no instant at which one of them could end it. Call this first thing in the child.
  package static func outliveAsker() {
    for number in outlived {
      _ = signal(number, SIG_IGN)
    }
    var set = signalSet(outlived)
    unsafe _ = pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// Blocks the four on this thread, as a detached process finds them at its start.
  package static func block() {
    var set = signalSet(outlived)
    unsafe _ = pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Holds HUP, INT and TERM back while `body` runs; the first that came meanwhile is raised again afterwards.
  ///
  /// For what must not stop half-way: between a refresh token that is spent and its successor on disk.
  ///
  /// Not to be nested. Throws what `body` throws.
  package static func holdingBack<Value, Failure: Error>(
    _ body: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let held = [SIGHUP, SIGINT, SIGTERM]
    heldBack.store(0, ordering: .sequentiallyConsistent)
    let before = held.map { number in
      signal(number, noteSignal)
    }
    defer {
      for (number, action) in zip(held, before) { _ = signal(number, action) }
      let came = heldBack.exchange(0, ordering: .sequentiallyConsistent)
      if came != 0 { raise(came) }
    }
    return try await body()
  }

  /// A signal set of these numbers.
  static func signalSet(_ numbers: [Int32]) -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in numbers {
      unsafe sigaddset(&set, number)
    }
    return set
  }
}

/// The signal that came while signals were held back; 0 for none.
private let heldBack = Atomic<Int32>(0)

/// A handler that only notes the signal, because hardly anything else is safe in one.
private func noteSignal(_ number: Int32) {
  heldBack.store(number, ordering: .sequentiallyConsistent)
}
