import Foundation
import GRDB
import HilumTesting
import Testing

@testable import GatewayStore

/// What an operator's look needs and leaves behind. `EndToEndTests` take its rights away.
struct ReaderTests {
    /// Names and bytes of the database and of what lies beside it, but for the file in which locks are taken.
    private func traces(_ folder: URL) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("hilum") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, name.hasSuffix("-shm") ? Data() : try Data(contentsOf: folder.appending(path: name)))
            })
    }

    @Test(
        "A look at a store that was closed makes no file and changes none, with a write-ahead log beside it or without",
        arguments: [true, false])
    func closedStore(hasLog: Bool) async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            if !hasLog { try await bench.store.database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
            try bench.store.close()
            if !hasLog {
                for name in ["hilum.sqlite-wal", "hilum.sqlite-shm"] {
                    try FileManager.default.removeItem(at: bench.folder.appending(path: name))
                }
            }
            let before = try traces(bench.folder)
            #expect(before.count == (hasLog ? 3 : 1), "\(before.keys)")
            let reader = try Store(folder: bench.folder, role: .reader)
            #expect(try reader.studies().map(\.uid) == [SentObject().study])
            #expect(try traces(bench.folder) == before)
            try reader.close()
            #expect(try traces(bench.folder) == before)
        }
    }

    @Test("A look beside a gateway sees what was committed last, and can't write")
    func runningGateway() async throws {
        try await withBench { bench async throws in
            let reader = try Store(folder: bench.folder, role: .reader)
            #expect(try reader.studies().isEmpty && reader.deviceUID == bench.store.deviceUID)
            _ = try await SentObject().send(to: bench.reception())
            #expect(try reader.studies().map(\.uid) == [SentObject().study])
            #expect(throws: StoreError.self) { try reader.forceStudy(SentObject().study) }
        }
    }

    @Test("A folder without a store says so to whoever looks, and to whoever would change something")
    func noStore() throws {
        try Workplace.withTemporaryFolder { folder in
            for role in [Store.Role.reader, .guest] {
                #expect(throws: StoreError.noStore(path: folder.path)) { try Store(folder: folder, role: role) }
            }
        }
    }
}
