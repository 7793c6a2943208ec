import DICOMCore
import Foundation
import GRDB
import HilumTesting
import Testing
import Workflow

@testable import GatewayStore

/// What a check finds, and what of it a repair mends.
struct StorageCheckTests {
    enum Damage: CaseIterable, Sendable {
        case missingObject, missingResult, shortened, otherBytes, extraObject, extraResult, broken, danglingRow
        case waitsForNothing, resultsWithoutJob, reportedTooEarly, revisionOfNoJob

        var kind: StorageProblem.Kind {
            switch self {
            case .missingObject, .missingResult: .missing
            case .shortened: .length
            case .otherBytes: .bytes
            case .extraObject, .extraResult: .extra
            case .broken: .leftover
            case .danglingRow: .database
            case .waitsForNothing, .resultsWithoutJob, .reportedTooEarly, .revisionOfNoJob: .stuck
            }
        }

        func apply(to bench: Bench) throws {
            let files = FileManager.default
            let object = bench.folder.appending(path: try bench.spooled().filter { $0.hasPrefix("objects/") }[0])
            let result = bench.folder.appending(
                path: try bench.spooled().filter { $0.hasPrefix("results/") }.sorted()[0])
            func sql(_ text: String) throws { try bench.store.write { try $0.execute(sql: text) } }
            switch self {
            case .missingObject: try files.removeItem(at: object)
            case .missingResult: try files.removeItem(at: result)
            case .shortened: try Data(contentsOf: object).dropLast().write(to: object)
            case .otherBytes:
                var bytes = try Data(contentsOf: object)
                bytes[bytes.count - 1] ^= 1
                try bytes.write(to: object)
            case .extraObject:
                let meta = FileMetaInformation(
                    sopClassUID: SentObject().sopClass, sopInstanceUID: UID(known: "1.2.7.1"),
                    transferSyntaxUID: TransferSyntax.explicitVRLittleEndian.uid)
                let other = SentObject(sopInstance: UID(known: "1.2.7.1"), study: UID(known: "1.2.7"))
                try Data(meta.encode() + other.dataSet).write(
                    to: object.deletingLastPathComponent().appending(path: SpoolLayout.freshName()))
            case .extraResult:
                try Data("half".utf8).write(to: result.deletingLastPathComponent().appending(path: "a.dcm"))
            case .broken: try Data("half".utf8).write(to: bench.folder.appending(path: "incoming/a.dcm"))
            case .danglingRow:
                try bench.store.database.writeWithoutTransaction {
                    try $0.execute(
                        sql: """
                            PRAGMA foreign_keys = OFF;
                            INSERT INTO finding (job, outcome, json) VALUES (4711, 'x', '{}');
                            PRAGMA foreign_keys = ON
                            """)
                }
            case .waitsForNothing: try sql("UPDATE study SET state = 'waiting'")
            case .resultsWithoutJob: try sql("UPDATE job SET state = 'parked', reason = 'x'")
            case .reportedTooEarly: try sql("UPDATE study SET state = 'reported'")
            case .revisionOfNoJob: try sql("UPDATE study SET revision = 7")
            }
        }
    }

    private func filled(_ bench: Bench) async throws {
        try bench.store.setDestinations([
            DestinationRecord(name: "a", kinds: [.report], reportClasses: OutboxTests.kinds)
        ])
        try bench.store.complete(job: try await bench.claimedJob(), with: .sample())
    }

    private func repair(_ bench: Bench) throws -> StorageCheckReport {
        try bench.store.close()
        return try Store.repair(
            bench.folder, isDeep: true, destinations: [], now: { [clock = bench.clock] in clock.now },
            read: { _ in throw StoreError.unknown(kind: "result", name: "x") })
    }

    @Test func aGoodStoreHasNoProblemsAndIsLeftAlone() async throws {
        try await withBench { bench async throws in
            try await filled(bench)
            let report = try Store.check(bench.folder, isDeep: true)
            #expect(report.problems.isEmpty && report.files == 3 && report.isGood)
            #expect(try repair(bench).reconciled == nil)
        }
    }

    @Test("Each damage is found while the node runs, and named with its place", arguments: Damage.allCases)
    func found(damage: Damage) async throws {
        try await withBench { bench async throws in
            try await filled(bench)
            try damage.apply(to: bench)
            if damage == .broken {
                #expect(try Store.check(bench.folder).problems.isEmpty, "it may be a transfer that is under way")
                try bench.store.close()
            }
            let problems = try Store.check(bench.folder, isDeep: true).problems
            #expect(problems.contains { $0.kind == damage.kind && !$0.place.isEmpty && $0.says.contains(";") })
            #expect(Set(problems.map(\.kind)) == [damage.kind])
            #expect(try Store.check(bench.folder).problems.isEmpty == (damage == .otherBytes))
        }
    }

    @Test("What a repair can mend is mended, and nothing is lost by it", arguments: Damage.allCases)
    func mended(damage: Damage) async throws {
        try await withBench { bench async throws in
            try await filled(bench)
            try damage.apply(to: bench)
            let report = try repair(bench)
            let store = try bench.reopened()
            let study = try #require(try store.study(SentObject().study))
            switch damage {
            case .missingObject, .shortened, .otherBytes:
                // Only its modality has it: it stays a problem until it is sent again.
                #expect(!report.isGood && study.state == .analysed)
                _ = try await SentObject().send(to: Reception(store: store))
                #expect(try Store.check(bench.folder, isDeep: true).problems.isEmpty)
            case .missingResult:
                #expect(try store.jobs(in: [.waiting]).count == 1, "its job makes it again")
            case .extraObject: #expect(try report.isGood && store.study(UID(known: "1.2.7")) != nil)
            case .extraResult, .broken: #expect(report.isGood && study.state == .analysed)
            case .danglingRow:
                #expect(report.rebuilt == nil && report.isGood && study.state == .analysed)
            case .waitsForNothing, .reportedTooEarly, .revisionOfNoJob:
                #expect(report.isGood && study.state == .analysed && study.revision == 1)
            case .resultsWithoutJob: #expect(report.isGood && study.state == .failed)
            }
        }
    }

    @Test("While the folder of results is gone, a worker's result makes it anew; what lay there is made again")
    func resultsFolderGone() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            let results = URL(filePath: bench.store.layout.results)
            try FileManager.default.removeItem(at: results)
            #expect(try bench.store.complete(job: job, with: .sample()) == .done)
            #expect(try Store.check(bench.folder, isDeep: true).problems.isEmpty)
            try FileManager.default.removeItem(at: results)
            #expect(try Store.check(bench.folder).problems.map(\.kind) == [.missing, .missing])
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).lost == 2)
            #expect(try store.jobs(in: [.waiting]).map(\.id) == [job.id])
        }
    }
}
