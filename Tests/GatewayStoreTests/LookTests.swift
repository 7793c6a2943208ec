import Foundation
import GRDB
import Testing
import Workflow

@testable import GatewayStore

/// Workers and outbox look every few seconds, and mostly find nothing.
struct LookTests {
    /// Another process's transaction.
    private func locking<Result>(_ bench: Bench, _ body: () throws -> Result) throws -> Result {
        let other = try DatabaseQueue(path: bench.store.layout.database)
        return try other.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            defer { try? database.execute(sql: "ROLLBACK") }
            return try body()
        }
    }

    private func look(_ bench: Bench) throws -> Int {
        let job = try bench.claim()
        let aside = try bench.store.claimAside(by: bench.worker(), lease: 60)
        let deliveries = try bench.store.claimDeliveries(to: "a", by: bench.worker(), limit: 9, lease: 60)
        return (job == nil ? 0 : 1) + (aside == nil ? 0 : 1) + deliveries.count
    }

    @Test("A look that finds nothing waits for nobody's transaction, and keeps nobody waiting")
    func nothing() async throws {
        try await withBench { bench async throws in
            #expect(try locking(bench) { try look(bench) } == 0)
            _ = try await SentObject().send(to: bench.reception())
            _ = try bench.store.closeStudy(SentObject().study, recipe: recipe)
            let error = #expect(throws: StoreError.self) { try locking(bench) { try look(bench) } }
            #expect(error?.cause.kind == .databaseLocked)
            #expect(try look(bench) == 1)
            #expect(try locking(bench) { try look(bench) } == 0, "it is another's")
        }
    }
}
