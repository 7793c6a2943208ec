import DICOMCore
import Foundation
import GRDB
import HilumTesting
import Testing
import Workflow

@testable import GatewayStore

/// What a store takes, its limit, and what keeps its database small.
struct SpaceTests {
    /// What `du` would say of a folder's files, in whole blocks.
    private func onDisk(_ bench: Bench, _ folder: String) throws -> Int64 {
        try bench.spooled(in: folder).reduce(0) { sum, path in
            let size = try #require(
                try FileManager.default.attributesOfItem(atPath: bench.folder.appending(path: path).path)[.size]
                    as? Int64)
            return sum + (size + 4095) / 4096 * 4096
        }
    }

    @Test("What the rows say is what lies on the disk")
    func use() async throws {
        try await withBench { bench async throws in
            try await bench.deliveredStudy()
            #expect(try await bench.send("1.2.3.1", pixels: 5000) == .setAside)
            let writer = try bench.reception().begin(SentObject().request)
            let use = try bench.store.spaceUse()
            #expect(use.sources == .init(files: 1, bytes: 4096))
            #expect(use.aside == .init(files: 1, bytes: 8192))
            #expect(try use.sources.bytes + use.aside.bytes == onDisk(bench, "objects"))
            #expect(try use.results.files == 2 && use.results.bytes == onDisk(bench, "results"))
            #expect(use.incoming.files == 1 && use.strays.files == 0)
            #expect(use.database > 0 && use.log >= Int64(WriteAheadLog.length))
            writer.abandon()
        }
    }

    @Test("Over its limit the store takes no object, and takes them again when something went")
    func limit() async throws {
        try await withBench { bench async throws in
            try await bench.deliveredStudy()
            let used = try bench.store.spaceUse().total
            let reception = bench.reception {
                $0.lowWatermark = 4096
                $0.limit = used + 4096 + 4096
            }
            func answer(_ number: Int, pixels: Int) async throws -> UInt16 {
                var sent = SentObject(sopInstance: try #require(UID("1.2.3.\(number)")))
                sent.pixels = pixels
                return try await sent.answer(from: reception)
            }
            #expect(try await answer(2, pixels: 6000) == 0)
            #expect(try await answer(3, pixels: 10) == 0xA700)
            #expect(try bench.store.events().first?.kind == .full)
            _ = try bench.store.closeStudy(SentObject().study, recipe: recipe)
            let job = try #require(try bench.claim())
            try bench.store.complete(job: job, with: .sample("2.25.7"))
            try bench.settle()
            try bench.store.remove(.sources, by: RetentionRules(), for: .space)
            try bench.store.remove(.results, by: RetentionRules(), for: .space)
            _ = try reception.meter.free(anew: true)
            #expect(try await answer(3, pixels: 10) == 0)
        }
    }

    @Test("An object that would pass the limit while it comes is refused and leaves nothing")
    func tooLong() async throws {
        try await withBench { bench async throws in
            let used = try bench.store.spaceUse().total
            let reception = bench.reception {
                $0.lowWatermark = 0
                $0.limit = used + 100_000
            }
            var sent = SentObject()
            sent.pixels = 200_000
            #expect(try await sent.answer(from: reception) == 0xA700)
            #expect(try bench.spooled().isEmpty)
            sent.pixels = 10
            _ = try reception.meter.free(anew: true)
            #expect(try await sent.answer(from: reception) == 0)
        }
    }

    @Test("A worker's results wait while the store is at its limit, and cost no try")
    func workersWait() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.setLimit(try bench.store.spaceUse().total)
            let error = #expect(throws: StoreError.self) { try bench.store.complete(job: job, with: .sample()) }
            #expect(error?.cause.kind == .diskFull)
            #expect(try bench.spooled(in: "results").isEmpty)
            try bench.store.setLimit(nil)
            #expect(try bench.store.complete(job: job, with: .sample()) == .done)
        }
    }

    // MARK: Events

    @Test("Old events go once they are counted by day and kind, and none before")
    func events() async throws {
        try await withBench { bench async throws in
            let start = Timestamp(bench.clock.now)
            for _ in 1...2 { try bench.store.note(.started, "x") }
            try bench.store.note(.stopped, "x")
            bench.wait(days: 1)
            try bench.store.note(.started, "x")
            bench.wait(days: 1)
            try bench.store.note(.swept, "the last")
            let cutoff = Timestamp(bench.clock.now)
            #expect(throws: StoreError.self) { try bench.store.write { try $0.execute(sql: "DELETE FROM event") } }
            #expect(try bench.store.countEvents(before: start) == 0)
            #expect(try bench.store.countEvents(before: cutoff) == 4)
            #expect(try bench.store.events().map(\.text) == ["the last"])
            let days = try bench.store.eventDays()
            #expect(days.map(\.number) == [2, 1, 1])
            #expect(days.map(\.kind) == [.started, .stopped, .started])
            // Of 1790000000 s, by `date -u`.
            #expect(days.map(\.day) == ["2026-09-21", "2026-09-21", "2026-09-22"])
            #expect(try bench.store.countEvents(before: cutoff) == 0)
            #expect(throws: StoreError.self) { try bench.store.write { try $0.execute(sql: "DELETE FROM event") } }
            // Noted under a clock that was put back: counted beside the others.
            bench.wait(days: -2)
            try bench.store.note(.started, "late")
            #expect(try bench.store.countEvents(before: cutoff) == 1)
            #expect(try bench.store.eventDays().map(\.number) == [3, 1, 1])
        }
    }

    // MARK: The database's own files

    private func fill(_ store: Store) throws {
        try store.write { database in
            for number in 0..<3000 {
                try database.execute(
                    sql: "INSERT INTO node (key, value) VALUES (?, ?)",
                    arguments: ["filler \(number)", String(repeating: "x", count: 3000)])
            }
        }
    }

    private func empty(_ store: Store) throws {
        try store.write { try $0.execute(sql: "DELETE FROM node WHERE key LIKE 'filler%'") }
    }

    private func pages(_ store: Store) throws -> Int {
        try store.read { try Int.fetchOne($0, sql: "PRAGMA page_count") } ?? 0
    }

    @Test("The database gives back the space of rows that went")
    func shrinks() async throws {
        try await withBench { bench async throws in
            #expect(try bench.store.givesSpaceBack())
            try fill(bench.store)
            let full = try pages(bench.store)
            try empty(bench.store)
            #expect(try pages(bench.store) == full)
            try bench.store.shrinkDatabase()
            #expect(try pages(bench.store) < full / 4)
            #expect(try bench.store.read { try Int.fetchOne($0, sql: "PRAGMA freelist_count") } == FreePages.slack)
            let state = try bench.store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
            #expect(state == "ok")
        }
    }

    private func makeEarlierDatabase(in folder: URL) throws {
        let database = try DatabaseQueue(path: folder.appending(path: "hilum.sqlite").path)
        try Schema.migrator.migrate(database, upTo: "superseded results")
        #expect(try database.read { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") } == 0)
        try database.close()
    }

    @Test("A database of an earlier version is rewritten at its start, and gives space back from then on")
    func rewritten() async throws {
        try await Workplace.inTemporaryFolder { folder async throws in
            try makeEarlierDatabase(in: folder)
            let store = try Store(folder: folder, role: .gateway)
            #expect(try store.givesSpaceBack())
            #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM study") } == 0)
            let log = try POSIXFileSystem().size(store.layout.database + "-wal")
            #expect(log == Int64(WriteAheadLog.length))
        }
    }

    @Test("A rewriting for which there is no room is put off, and done when it is asked for")
    func noRoomToRewrite() async throws {
        try await Workplace.inTemporaryFolder { folder async throws in
            try makeEarlierDatabase(in: folder)
            let files = FaultyFileSystem()
            files.set([.noRoom])
            let store = try Store(folder: folder, role: .gateway, files: files)
            #expect(try !store.givesSpaceBack())
            try fill(store)
            try empty(store)
            let before = try pages(store)
            try store.shrinkDatabase()
            #expect(try pages(store) == before)
            try store.compact()
            #expect(try store.givesSpaceBack() && pages(store) < before)
        }
    }

    /// Another process reads while much is written, so that the log can't be started over.
    private func growLog(_ bench: Bench) throws {
        let reader = try DatabaseQueue(path: bench.store.layout.database)
        try reader.read { database in
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM node")
            for _ in 1...3 {
                try fill(bench.store)
                try empty(bench.store)
            }
        }
    }

    private func logLength(_ bench: Bench) throws -> Int64 {
        try POSIXFileSystem().size(bench.store.layout.database + "-wal") ?? 0
    }

    @Test("A log that a reader let grow comes back to its length")
    func logIsBounded() async throws {
        try await withBench { bench async throws in
            try growLog(bench)
            #expect(try logLength(bench) > 4 * Int64(WriteAheadLog.length))
            try bench.store.shrinkDatabase()
            for _ in 1...2 { try bench.store.note(.started, "x") }
            #expect(try logLength(bench) == Int64(WriteAheadLog.length))
        }
    }

    // MARK: The report

    @Test("The report says what may go, what stays and why")
    func report() async throws {
        try await withBench { bench async throws in
            try await bench.deliveredStudy(4)
            bench.wait(days: 20)
            try await bench.deliveredStudy(5)
            let due = bench.clock.now.addingTimeInterval(30 * 86_400)
            try await bench.analysedStudy(6)
            bench.wait(days: 15)
            let report = try bench.store.storageReport(RetentionRules(sourceDays: 30))
            let sources = try #require(report.outlooks.first)
            #expect(sources.expired.studies == 1 && sources.forSpace.studies == 1)
            #expect(sources.nextExpiry == due)
            #expect(sources.staying.mapValues(\.studies) == [.undelivered: 1])
            let results = try #require(report.outlooks.last)
            #expect(results.expired.studies == 0 && results.forSpace.studies == 2 && results.nextExpiry == nil)
            #expect(report.standings.map(\.state) == [.analysed, .reported])
            #expect(report.standings.map(\.studies) == [1, 2])
            #expect(report.use.sources.files == 3)
            let bytes = report.standings.reduce(0) { $0 + $1.sourceBytes }
            #expect(sources.expired.bytes + sources.forSpace.bytes < bytes && bytes > 0)
            try bench.store.remove(.sources, by: RetentionRules(), for: .space)
            #expect(try bench.store.storageReport(RetentionRules()).removed == [.sources: 2, .results: 0])
        }
    }
}
