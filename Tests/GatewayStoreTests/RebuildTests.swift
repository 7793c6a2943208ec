import DICOMCore
import Foundation
import GRDB
import HilumTesting
import Testing
import Workflow

@testable import GatewayStore

/// The database is lost; the files are there. What a result's file says is given here as a reader would give it.
struct RebuildTests {
    private static let destination = DestinationRecord(
        name: "a", kinds: [.report], reportClasses: OutboxTests.kinds)

    /// What the results of a job say.
    private func kept(
        _ job: ClaimedJob, images: Set<UID>? = nil, verdict: JobWorkflow.Verdict = .analysed, revision: Int? = nil
    ) -> KeptResult {
        KeptResult(
            Document(.report), language: LanguageTag("en"), revision: revision ?? job.revision,
            madeAt: Date(timeIntervalSince1970: job.createdAt.timeIntervalSince1970.rounded(.down)),
            deviceUID: UID(known: "2.25.4711"), images: images ?? Set(job.images.map(\.object.sopInstance)),
            recipe: Recipe(bundle: "b", settings: "", precision: "", software: "1"), verdict: verdict,
            findings: [.init(json: "{}", outcome: "normal", confidence: 0.9, triage: 4)], summary: "normal 90 %")
    }

    /// Reads by SOP Instance UID.
    private func reader(_ results: [String: KeptResult]) -> ResultReader {
        struct Unknown: Error {}
        return { file in
            let scan = try FileReader.scan(path: file.path)
            let found = results.first { scan.identity.sopInstanceUID?.string.hasPrefix($0.key) == true }
            guard let found else { throw Unknown() }
            return found.value
        }
    }

    private func loseDatabase(of bench: Bench) throws {
        try bench.store.close()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: bench.store.layout.database + suffix)
        }
    }

    private func rebuild(_ bench: Bench, _ results: [String: KeptResult]) throws -> RebuildReport {
        try Store.rebuild(
            bench.folder, destinations: [Self.destination], now: { [clock = bench.clock] in clock.now },
            read: reader(results))
    }

    @Test("A reported study keeps its results' UIDs and bytes, and is not reported anew")
    func reportedStudy() async throws {
        try await withBench { bench async throws in
            try bench.store.setDestinations([Self.destination])
            let job = try await bench.analysedJob()
            let before = try bench.store.results(of: job.study).map(\.object).sorted { $0.sopInstance < $1.sopInstance }
            try loseDatabase(of: bench)
            bench.clock.advance(3600)
            let report = try rebuild(bench, ["2.25.1.": kept(job)])
            #expect(report.studies == 1 && report.objects == 1 && report.results == 2 && report.revisions == 1)
            #expect(report.open == 0 && report.strays == 0 && report.formerDatabase == nil)

            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).isClean)
            #expect(store.deviceUID == UID(known: "2.25.4711"))
            let after = try store.results(of: job.study).map(\.object).sorted { $0.sopInstance < $1.sopInstance }
            #expect(after.map(\.sopInstance) == before.map(\.sopInstance))
            #expect(after.map(\.digest) == before.map(\.digest) && after.map(\.file) == before.map(\.file))
            #expect(try store.openStudies().isEmpty && store.study(job.study)?.state == .analysed)
            #expect(try store.claimJob(by: bench.worker(), recipe: recipe, lease: 60) == nil)
            // The same image again changes nothing, and asking for it makes what it always makes: another revision.
            #expect(try await SentObject().send(to: Reception(store: store)) == .success(.same))
            #expect(try store.openStudies().isEmpty)
            #expect(try store.study(job.study)?.summary == "normal 90 %")

            // What was delivered can't be known: the same object goes again, once.
            let due = try store.claimDeliveries(to: "a", by: bench.worker(), limit: 9, lease: 60)
            #expect(due.map(\.object.sopInstance) == [before[0].sopInstance])
            try store.settle(delivery: due[0].id, by: bench.worker(), .accepted(warning: "0x0111"))
            #expect(try store.study(job.study)?.state == .reported)
        }
    }

    @Test("An image that came after the report makes revision 2; one that was never closed makes revision 1")
    func openWork() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            bench.clock.advance(60)
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.2")).send(to: bench.reception())
            let other = SentObject(sopInstance: UID(known: "1.2.4.1"), study: UID(known: "1.2.4"))
            _ = try await other.send(to: bench.reception())
            try loseDatabase(of: bench)
            bench.clock.advance(60)
            #expect(try rebuild(bench, ["2.25.1.": kept(job)]).open == 2)
            let store = try bench.reopened()
            #expect(try store.closeStudy(job.study, recipe: recipe) == .job(revision: 2))
            #expect(try store.closeStudy(other.study, recipe: recipe) == .job(revision: 1))
        }
    }

    @Test("Images that were there before a report's date belong to it, whether it names them or not")
    func unnamedImages() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            try loseDatabase(of: bench)
            #expect(try rebuild(bench, ["2.25.1.": kept(job, images: [])]).open == 0)
        }
    }

    @Test("What could not be analysed is not analysed again")
    func notAnalysable() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            try loseDatabase(of: bench)
            let verdict = JobWorkflow.Verdict.notAnalysable(reason: "its report says so")
            #expect(try rebuild(bench, ["2.25.1.": kept(job, verdict: verdict)]).open == 0)
            let study = try bench.reopened().study(job.study)
            #expect(study?.state == .notAnalysable && study?.reason == "its report says so")
        }
    }

    @Test("Of two revisions the later is current; both go again, the earlier first")
    func revisions() async throws {
        try await withBench { bench async throws in
            let first = try await bench.claimedJob()
            try bench.store.complete(job: first, with: .sample())
            bench.clock.advance(60)
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.2")).send(to: bench.reception())
            _ = try bench.store.closeStudy(first.study, recipe: recipe)
            let second = try #require(try bench.claim())
            try bench.store.complete(job: second, with: .sample("2.25.2"))
            try loseDatabase(of: bench)
            bench.clock.advance(60)
            #expect(try rebuild(bench, ["2.25.1.": kept(first), "2.25.2.": kept(second)]).revisions == 2)
            let store = try bench.reopened()
            #expect(try store.study(first.study)?.revision == 2 && store.openStudies().isEmpty)
            let due = try store.claimDeliveries(to: "a", by: bench.worker(), limit: 9, lease: 60)
            #expect(due.map(\.object.sopInstance.string) == ["2.25.1.0", "2.25.2.0"])
            for delivery in due { try store.settle(delivery: delivery.id, by: bench.worker(), .accepted(warning: nil)) }
            #expect(try store.study(first.study)?.state == .reported)
            #expect(try Store.check(bench.folder).problems.isEmpty)
        }
    }

    @Test("A result that came back from a PACS stays the one that was made here")
    func echoes() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            let result = try #require(try bench.store.results(of: job.study).first).object.file
            let echo = bench.folder.appending(path: try bench.spooled()[0]).deletingLastPathComponent()
                .appending(path: SpoolLayout.freshName())
            try FileManager.default.copyItem(at: result, to: echo)
            try loseDatabase(of: bench)
            #expect(try rebuild(bench, ["2.25.1.": kept(job)]).results == 2)
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).swept == 1)
            #expect(try store.results(of: job.study).map(\.object.file).contains(result))
        }
    }

    @Test("What is no object and no result, and results of another life of the store, are kept aside")
    func strays() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            let folders = try bench.spooled().map { ($0 as NSString).deletingLastPathComponent }
            for folder in Set(folders) {
                try Data("half".utf8).write(to: bench.folder.appending(path: "\(folder)/x\(folder.prefix(3)).dcm"))
            }
            try loseDatabase(of: bench)
            var other = kept(job)
            other.madeAt -= 60
            let report = try rebuild(bench, ["2.25.1.0": kept(job), "2.25.1.1": other])
            #expect(report.strays == 3 && report.results == 1)
            #expect(try bench.spooled().count { $0.hasPrefix("strays/") } == 3)
        }
    }

    // MARK: Starts

    @Test("A gateway starts on no spool whose database is gone, empty or damaged, and changes nothing there")
    func refusedStarts() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            try loseDatabase(of: bench)
            let path = bench.store.layout.database
            func refusal() throws -> String {
                let before = try bench.spooled()
                let error = #expect(throws: StoreError.self) { try Store(folder: bench.folder, role: .gateway) }
                #expect(try bench.spooled() == before)
                return "\(error.map { "\($0)" } ?? "")"
            }
            #expect(
                try refusal().contains("is missing, and the folder holds studies; run `hilum storage check --repair`"))
            #expect(!FileManager.default.fileExists(atPath: path), "an empty database was made")
            try Data().write(to: URL(filePath: path))
            #expect(try refusal().contains("is missing"))
            try Data("This is no database, whatever its name says.".utf8).write(to: URL(filePath: path))
            let damaged = try refusal()
            #expect(
                damaged.contains(path) && damaged.contains("is damaged") && damaged.contains("--repair"), "\(damaged)")
        }
    }

    @Test("A page of garbage in the middle of a database is found at the start, and --repair makes it anew")
    func damagedPage() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            for number in 1...200 { try bench.store.note(.started, "line \(number) of a record that fills pages") }
            try closeWithoutLog(bench.store)
            try garble(bench.store.layout.database)
            let error = #expect(throws: StoreError.self) { try Store(folder: bench.folder, role: .gateway) }
            #expect("\(error.map { "\($0)" } ?? "")".contains("is damaged"))
            #expect(try Store.check(bench.folder).problems.contains { $0.kind == .database })
            let report = try Store.repair(
                bench.folder, destinations: [Self.destination], now: { [clock = bench.clock] in clock.now },
                read: reader(["2.25.1.": kept(job)]))
            #expect(report.isGood && report.rebuilt?.results == 2)
            let former = try #require(report.rebuilt?.formerDatabase)
            #expect(FileManager.default.fileExists(atPath: former))
            #expect(try bench.reopened().study(job.study)?.state == .analysed)
        }
    }

    private func closeWithoutLog(_ store: Store) throws {
        try store.database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try store.close()
    }

    /// All pages but the first, which says that it is a database.
    private func garble(_ path: String) throws {
        let file = try FileHandle(forUpdating: URL(filePath: path))
        defer { try? file.close() }
        let size = try file.seekToEnd()
        try file.seek(toOffset: 8192)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 8192))
    }

    @Test("A repair that was broken off is no database, and is made again")
    func brokenOff() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            try loseDatabase(of: bench)
            try Data("x".utf8).write(to: URL(filePath: bench.store.layout.draft))
            #expect(throws: StoreError.self) { try Store(folder: bench.folder, role: .gateway) }
            #expect(try rebuild(bench, ["2.25.1.": kept(job)]).results == 2)
            #expect(!FileManager.default.fileExists(atPath: bench.store.layout.draft))
        }
    }

    @Test func nothingIsRebuiltUnderARunningGateway() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            #expect(throws: StoreError.folderInUse(path: bench.folder.path)) { try rebuild(bench, [:]) }
            #expect(try bench.store.studies().count == 1)
        }
    }
}
