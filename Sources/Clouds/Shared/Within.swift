// SPDX-License-Identifier: Apache-2.0

/// What `body` gives; nil if that takes longer than so many seconds, and then it is cancelled.
///
/// Throws what `body` throws in that time.
package func within<Value: Sendable, Failure: Error>(
  _ seconds: Double,
  _ body: @escaping @Sendable () async throws(Failure) -> Value
) async throws(Failure) -> Value? {
  let first = await withTaskGroup(of: Result<Value, Failure>?.self) { group in
    group.addTask { await result(of: body) }
    group.addTask {
      try? await Task.sleep(for: .seconds(seconds))
      return nil
    }
    defer { group.cancelAll() }
    return await group.next() ?? nil
  }
  return try first?.get()
}

/// Behind a failure that says only that somebody with something good at hand did not wait: nothing to whoever has time.
package struct GaveUp: Error {
  /// Nothing more to say.
  package init() {}
}

/// What `body` gives or throws, as a value: for tasks, whose errors have no type.
package func result<Value, Failure: Error>(
  of body: @Sendable () async throws(Failure) -> Value
) async -> Result<Value, Failure> {
  do throws(Failure) {
    return .success(try await body())
  } catch {
    return .failure(error)
  }
}
