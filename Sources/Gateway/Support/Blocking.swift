/// Runs what blocks (the database, files) on a thread that may, and waits for it without holding up Swift's pool.
public func blocking<Result: Sendable>(_ body: @Sendable () throws -> Result) async throws -> Result {
    try await withTaskExecutorPreference(BlockingExecutor.shared) { try await onThisThread(body) }
}

/// Async and nonisolated, so that it runs where the preference says.
@concurrent
private func onThisThread<Result: Sendable>(_ body: @Sendable () throws -> Result) async throws -> Result {
    try body()
}
