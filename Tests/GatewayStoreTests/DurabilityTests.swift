import Foundation
import GRDB
import Testing
import Workflow

@testable import GatewayStore

/// What the database does so that a commit is on the disk before a peer hears Success.
struct DurabilityTests {
    @Test("promise 1: commits are synchronous = FULL", arguments: [Store.Role.gateway, .guest])
    func everyCommitIsSynced(_ role: Store.Role) async throws {
        try await withBench { bench async throws in
            let store = role == .gateway ? bench.store : try Store(folder: bench.folder, role: .guest)
            let level = try store.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
            #expect(level == 2)
        }
    }

    @Test func theLogHasItsLengthFromTheStart() async throws {
        try await withBench { bench async throws in
            let log = URL(filePath: bench.store.layout.database + "-wal")
            #expect(log.size ?? 0 >= Int64(WriteAheadLog.length))
            _ = try await SentObject().send(to: bench.reception())
            #expect(log.size == Int64(WriteAheadLog.length))
        }
    }

    /// Zeros behind the last frame are no frames: as a killed process leaves database and log, they open whole.
    @Test func aDatabaseWithAFilledLogRecovers() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let copy = bench.folder.appending(path: "copy.sqlite").path
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: bench.store.layout.database + suffix, toPath: copy + suffix)
            }
            let pool = try DatabasePool(path: copy)
            let (objects, verdict) = try await pool.read { database in
                (
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM object"),
                    try String.fetchOne(database, sql: "PRAGMA integrity_check")
                )
            }
            #expect(objects == 1 && verdict == "ok")
        }
    }
}
