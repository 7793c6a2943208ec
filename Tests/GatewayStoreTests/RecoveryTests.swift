import DICOMCore
import Foundation
import GRDB
import Testing
import Workflow

@testable import GatewayStore

/// A process may die at any hand-over; each test leaves what it would leave there.
struct RecoveryTests {
    @Test func filesThatWereBeingReceivedAreSwept() async throws {
        try await withBench { bench async throws in
            let writer = try bench.reception().begin(SentObject().request)
            writer.write(all: Array(SentObject().dataSet.prefix(60)))
            let report = try bench.reopened().recover(recipe: recipe)
            #expect(report.swept == 1)
            #expect(try bench.spooled().isEmpty)
            writer.abandon()
        }
    }

    @Test("died between rename and commit: the whole object is taken over")
    func aWholeFileWithoutARowIsTakenOver() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            try bench.store.write { try $0.execute(sql: "DELETE FROM object; DELETE FROM study") }
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).adopted == 1)
            #expect(try store.study(SentObject().study)?.images == 1)
            #expect(try store.openStudies().map(\.uid) == [SentObject().study])
            #expect(try await SentObject().send(to: Reception(store: store)) == .success(.same))
        }
    }

    @Test("died between commit and removal of a duplicate's file")
    func aDuplicatesFileIsSwept() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let path = bench.folder.appending(path: try bench.spooled()[0])
            try FileManager.default.copyItem(
                at: path, to: path.deletingLastPathComponent().appending(path: SpoolLayout.freshName()))
            #expect(try bench.reopened().recover(recipe: recipe).swept == 1)
            #expect(
                try bench.spooled() == [
                    "objects/\(path.deletingLastPathComponent().lastPathComponent)/\(path.lastPathComponent)"
                ])
        }
    }

    @Test func whatIsNoObjectIsMovedAsideNotDeleted() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let folder = bench.folder.appending(path: try bench.spooled()[0]).deletingLastPathComponent()
            try Data("no object".utf8).write(to: folder.appending(path: "x.dcm"))
            #expect(try bench.reopened().recover(recipe: recipe).strays == 1)
            #expect(try bench.spooled().contains("strays/x.dcm"))
        }
    }

    @Test func aLostFileIsNamedAndTakenAgainWhenItComes() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            try FileManager.default.removeItem(at: bench.folder.appending(path: try bench.spooled()[0]))
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).lost == 1)
            #expect(try store.study(SentObject().study)?.state == .failed)
            let again = try await SentObject().send(to: Reception(store: store))
            #expect(again == .success(.kept(study: SentObject().study, opensStudy: true)))
            #expect(try store.study(SentObject().study)?.state == .receiving)
            #expect(try store.recover(recipe: recipe).lost == 0)
        }
    }

    @Test func aLostResultIsMadeAgain() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            let file = try #require(try bench.store.results(of: job.study).first).object.file
            try FileManager.default.removeItem(at: file)
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).lost == 1)
            let again = try #require(try store.claimJob(by: bench.worker(), recipe: recipe, lease: 60))
            #expect(again.id == job.id && again.createdAt == job.createdAt)
            try store.complete(job: again, with: .sample())
            #expect(try store.results(of: job.study).count == 2)
            #expect(try store.study(job.study)?.state == .analysed)
        }
    }

    @Test("A lost result whose recipe is gone, or that comes out otherwise, is replaced by a revision under other UIDs")
    func resultsThatCannotBeMadeAgain() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            try FileManager.default.removeItem(
                at: try #require(try bench.store.results(of: job.study).first).object.file)
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).lost == 1)
            let again = try #require(try store.claimJob(by: bench.worker(), recipe: recipe, lease: 60))
            #expect(try store.complete(job: again, with: .sample(pixels: 4)) == .done)
            #expect(try store.openStudies().map(\.opening) == [.renewal])
            #expect(try store.closeStudy(job.study, recipe: recipe) == .job(revision: 2))
        }
    }

    @Test("A lost result that waits to be made again makes way for a revision, for which the study waits")
    func lostResultAndNewImage() async throws {
        try await withBench { bench async throws in
            try bench.store.setDestinations([
                DestinationRecord(name: "a", kinds: [.report], reportClasses: OutboxTests.kinds)
            ])
            let job = try await bench.analysedJob()
            let result = try #require(try bench.store.results(of: job.study).first)
            try FileManager.default.removeItem(at: result.object.file)
            let store = try bench.reopened()
            _ = try store.recover(recipe: recipe)
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.2")).send(to: Reception(store: store))
            #expect(try store.closeStudy(job.study, recipe: recipe) == .job(revision: 2))
            #expect(try store.study(job.study)?.state == .waiting && store.study(job.study)?.revision == 2)
            #expect(try store.deliveries().map(\.state) == [.dead])
        }
    }

    @Test("A folder that was away for a moment is back: what was lost is found, and the study goes on")
    func foundAgain() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let file = bench.folder.appending(path: try bench.spooled()[0])
            let away = bench.folder.appending(path: "away")
            try FileManager.default.moveItem(at: file, to: away)
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).lost == 1)
            #expect(try store.study(SentObject().study)?.state == .failed)
            try FileManager.default.moveItem(at: away, to: file)
            #expect(try store.recover(recipe: recipe).found == 1)
            #expect(try store.study(SentObject().study)?.state == .receiving)
        }
    }

    @Test("A start takes back what its own node held, and nothing of another's")
    func claimsOfOthers() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            _ = try bench.store.closeStudy(SentObject().study, recipe: recipe)
            let stranger = Owner(node: "by hand", worker: "by hand")
            let job = try #require(try bench.store.claimJob(by: stranger, recipe: recipe, lease: 60))
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).released == 0)
            #expect(try store.complete(job: job, with: .sample()) == .done)
        }
    }

    @Test("died between writing a result and its commit")
    func resultFilesWithoutARowAreSweptAndTheJobRunsAgain() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            let folder = bench.folder.appending(path: "results/20261001")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("half".utf8).write(to: folder.appending(path: "a.dcm"))
            let store = try bench.reopened()
            let report = try store.recover(recipe: recipe)
            #expect(report.released == 1 && report.swept == 1)
            bench.clock.advance(5)
            #expect(try store.claimJob(by: bench.worker("other"), recipe: recipe, lease: 60)?.id == job.id)
        }
    }

    @Test func aCleanStoreSaysSo() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let report = try bench.reopened().recover(recipe: recipe)
            #expect(report.isClean && "\(report)" == "spool and database agree")
        }
    }

    @Test func aSecondGatewayIsKeptOut() async throws {
        try await withBench { bench async throws in
            #expect(throws: StoreError.folderInUse(path: bench.folder.path)) {
                try Store(folder: bench.folder, role: .gateway)
            }
            _ = try Store(folder: bench.folder, role: .guest)
        }
    }

    @Test func aNewerSchemaIsLeftAlone() async throws {
        try await withBench { bench async throws in
            try bench.store.write {
                try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('v99')")
            }
            #expect(throws: StoreError.newerSchema(path: bench.store.layout.database)) { try bench.reopened() }
        }
    }

    @Test("Findings of an earlier version keep their triage, and new ones may have none")
    func findingsWithoutTriage() throws {
        let database = try DatabaseQueue()
        let migrator = Schema.migrator
        try migrator.migrate(database, upTo: "times of a job")
        let insert = "INSERT INTO finding (job, outcome, confidence, triage, json) VALUES (1, 'review', NULL, ?, '{}')"
        try database.write {
            try $0.execute(
                sql: """
                    INSERT INTO study (id, uid, state, first_arrival, opened_at, last_arrival)
                        VALUES (1, '1.2', 'analysed', 0, 0, 0);
                    INSERT INTO job (id, key, study, revision, bundle, settings, state, created_at)
                        VALUES (1, 'k', 1, 1, 'b', '{}', 'done', 0);
                    """)
            try $0.execute(sql: insert, arguments: [4])
        }
        #expect(throws: DatabaseError.self) { try database.write { try $0.execute(sql: insert, arguments: [nil]) } }
        try migrator.migrate(database)
        try database.write { try $0.execute(sql: insert, arguments: [nil]) }
        let levels = try database.read { try Int?.fetchAll($0, sql: "SELECT triage FROM finding ORDER BY id") }
        #expect(levels == [4, nil])
    }

    @Test func everyTableIsStrictAndEventsStay() async throws {
        try await withBench { bench async throws in
            let loose = try bench.store.read {
                try String.fetchAll(
                    $0,
                    sql: """
                        SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
                            AND name NOT LIKE 'sqlite%' AND name <> 'grdb_migrations'
                        """)
            }
            #expect(loose.isEmpty)
            #expect(try bench.store.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
            try bench.store.note(.started, "x")
            #expect(throws: StoreError.self) { try bench.store.write { try $0.execute(sql: "DELETE FROM event") } }
            #expect(throws: StoreError.self) {
                try bench.store.write { try $0.execute(sql: "UPDATE event SET text = ''") }
            }
        }
    }
}
