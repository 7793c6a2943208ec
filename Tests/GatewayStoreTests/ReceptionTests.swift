import DICOMCore
import Foundation
import GRDB
import HilumTesting
import Synchronization
import Testing
import Workflow

@testable import GatewayStore

struct ReceptionTests {
    @Test func anAnsweredObjectHasItsFileAndItsRow() async throws {
        try await withBench { bench async throws in
            let sent = SentObject()
            #expect(try await sent.send(to: bench.reception()) == .success(.kept(study: sent.study, opensStudy: true)))
            let paths = try bench.spooled()
            #expect(paths.count == 1 && paths[0].hasPrefix("objects/"))
            let study = try #require(try bench.store.study(sent.study))
            #expect(study.state == .receiving && study.images == 1)
            let scan = try FileReader.scan(path: bench.folder.appending(path: paths[0]).path)
            #expect(scan.identity.sopInstanceUID == sent.sopInstance)
            #expect(scan.head.meta?.sourceApplicationEntityTitle == AETitle(known: "CT1"))
        }
    }

    @Test("promise 1: the file is synced, then named, then its folder synced, before its row")
    func durableInThisOrder() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.9")).send(to: reception)
            _ = bench.files.calls()
            _ = try await SentObject().send(to: reception)
            #expect(bench.files.calls() == [.sync, .rename, .syncFolder])
            bench.files.set([.syncFolder])
            #expect(try await SentObject(sopInstance: UID(known: "1.2.3.2")).answer(from: reception) == 0xA700)
            #expect(try bench.store.study(SentObject().study)?.objects == 2)
        }
    }

    @Test("pydicom reads what was spooled, byte for byte", .enabled(if: Tool.python != nil))
    func spooledFilesAreGoodPart10Files() async throws {
        try await withBench { bench async throws in
            let sent = SentObject()
            _ = try await sent.send(to: bench.reception())
            let path = bench.folder.appending(path: try bench.spooled()[0]).path
            let script = """
                import pydicom, sys
                d = pydicom.dcmread(sys.argv[1])
                print(d.SOPInstanceUID, d.file_meta.TransferSyntaxUID, d.file_meta.SourceApplicationEntityTitle, len(d.PixelData))
                """
            let output = try #require(Tool.python).run(["-c", script, path])
            #expect(output.standardOutput == "1.2.3.1 1.2.840.10008.1.2.1 CT1 64\n", "\(output.standardError)")
        }
    }

    @Test func theSameObjectTwiceChangesNothing() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject().send(to: reception)
            let before = try bench.spooled()
            #expect(try await SentObject().send(to: reception) == .success(.same))
            #expect(try bench.spooled() == before)
            #expect(try bench.store.study(SentObject().study)?.objects == 1)
        }
    }

    @Test func otherBytesUnderATakenUIDAreSetAside() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject().send(to: reception)
            #expect(try await SentObject(pixels: 66).send(to: reception) == .success(.setAside))
            #expect(try await SentObject(pixels: 66).send(to: reception) == .success(.same))
            let aside = try bench.store.asideObjects()
            #expect(aside.count == 1 && aside[0].state == .waiting)
            #expect(aside[0].file.size == aside[0].kept.bytes + 2)
            #expect(try bench.spooled().count == 2)
        }
    }

    @Test func otherBytesAreRefusedWhereTheSettingSaysSo() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception { $0.duplicates = .refuse }
            _ = try await SentObject().send(to: reception)
            let answer = try await SentObject(pixels: 66).send(to: reception)
            #expect(answer.refusal?.status == 0x0111)
            #expect(try bench.spooled().count == 1)
        }
    }

    @Test func aTruncatedDataSetLeavesNothing() async throws {
        try await withBench { bench async throws in
            let sent = SentObject()
            let writer = try bench.reception().begin(sent.request)
            writer.write(all: Array(sent.dataSet.dropLast(10)))
            #expect(await writer.finish().refusal?.status == 0xC000)
            #expect(try bench.spooled().isEmpty)
            #expect(try bench.store.studies().isEmpty)
        }
    }

    @Test func anAbortedTransferLeavesNothing() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            let writer = try reception.begin(SentObject().request)
            writer.write(all: Array(SentObject().dataSet.prefix(60)))
            #expect(try bench.spooled().count == 1)
            writer.abandon()
            #expect(try bench.spooled().isEmpty)
            do {
                let forgotten = try reception.begin(SentObject().request)
                forgotten.write(all: [8, 0])
            }
            #expect(try bench.spooled().isEmpty)
        }
    }

    @Test func aDataSetOfAnotherClassOrInstanceIsRefused() async throws {
        try await withBench { bench async throws in
            var request = SentObject().request
            request.sopClass = SOPClass.ctImageStorage.uid
            let writer = try bench.reception().begin(request)
            writer.write(all: SentObject().dataSet)
            #expect(await writer.finish().refusal?.status == 0xA900)
            #expect(try bench.spooled().isEmpty)
        }
    }

    @Test func manyAssociationsShareCommitsAndEachHearsItsAnswer() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 1...60 {
                    group.addTask {
                        let sent = SentObject(sopInstance: try #require(UID("1.2.3.\(number % 50)")))
                        let answer = try await sent.send(to: reception)
                        return (try? answer.get()) != nil
                    }
                }
                for try await isKept in group where !isKept { Issue.record("an object was refused") }
            }
            #expect(try bench.store.study(SentObject().study)?.objects == 50)
            #expect(try bench.spooled().count == 50)
        }
    }
}

/// Promise 7: refused with the right status, nothing lost, recovers by itself.
struct FullDiskTests {
    @Test(arguments: [FaultyFileSystem.Fault.write, .sync, .rename, .syncFolder])
    func aFaultAtAnyStepIsOutOfResourcesAndLeavesNothing(_ fault: FaultyFileSystem.Fault) async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.9")).send(to: reception)
            bench.files.set([fault])
            #expect(try await SentObject().answer(from: reception) == 0xA700)
            #expect(try bench.spooled().count == 1)
            bench.files.set([])
            #expect(try await SentObject().send(to: reception).refusal == nil)
            #expect(try bench.spooled().count == 2)
        }
    }

    @Test func underTheWatermarkObjectsAreRefusedUntilThereIsRoom() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            bench.files.set([.noRoom])
            #expect(try await SentObject().answer(from: reception) == 0xA700)
            bench.files.set([])
            #expect(try await SentObject().send(to: reception).refusal == nil)
            #expect(try bench.store.events().map(\.kind).filter { $0 == .full || $0 == .roomy } == [.roomy, .full])
        }
    }

    @Test func aWatermarkDoesNotFlutter() {
        var mark = Watermark(low: 100, high: 150)
        #expect(mark.update(free: 100) == nil)
        #expect(mark.update(free: 99) == .becameFull)
        #expect(mark.update(free: 149) == nil && mark.isFull)
        #expect(mark.update(free: 150) == .becameRoomy)
        #expect(mark.update(free: 120) == nil && !mark.isFull)
    }

    @Test func aLockedDatabaseIsOutOfResourcesAndRecovers() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: bench.store.layout.database, configuration: configuration)
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            #expect(try await SentObject().send(to: reception).refusal?.status == 0xA700)
            #expect(try bench.spooled().isEmpty)
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            #expect(try await SentObject().send(to: reception).refusal == nil)
        }
    }
}

@Suite("What a batch of arrivals does when it can't be written")
struct GroupCommitterTests {
    /// The leader's entry keeps the others waiting, so that they are one batch.
    private func submit(_ error: StoreError, to bench: Bench) async throws -> (calls: [Int], refused: Int) {
        let calls = Mutex<[Int]>([])
        let refused = Mutex(0)
        let (answers, answered) = AsyncStream<Void>.makeStream()
        let (gate, open) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let committer = GroupCommitter(store: bench.store) { arrivals in
            let number = calls.withLock { calls in
                calls.append(arrivals.count)
                return calls.count
            }
            if number == 1 {
                open.signal()
                gate.wait()
            }
            throw error
        }
        let entries = try (1...4).map { number in
            let path = "objects/\(number).dcm"
            try Data("x".utf8).write(to: bench.folder.appending(path: "incoming/\(number)"))
            let sent = SentObject(sopInstance: try #require(UID("1.2.3.\(number)")))
            let arrival = Arrival(
                identity: ObjectIdentity(
                    sopClass: sent.sopClass, sopInstance: sent.sopInstance, study: sent.study, series: sent.series),
                transferSyntax: TransferSyntax.explicitVRLittleEndian.uid, path: path, bytes: 1,
                digest: try #require(ObjectDigest([UInt8](repeating: 1, count: 32))), receivedAt: bench.clock.now,
                callingAE: "CT1", association: "a")
            return GroupCommitter.Entry(
                arrival: arrival, temporary: bench.folder.appending(path: "incoming/\(number)").path
            ) { result in
                if result.refusal != nil { refused.withLock { $0 += 1 } }
                answered.yield()
            }
        }
        let first = Thread { committer.submit(entries[0]) }
        first.start()
        open.wait()
        for entry in entries.dropFirst() { committer.submit(entry) }
        gate.signal()
        var count = 0
        for await _ in answers {
            count += 1
            if count == entries.count { break }
        }
        return (calls.withLock { $0 }, refused.withLock { $0 })
    }

    @Test func aLockedDatabaseIsWaitedForOnceForAllOfThem() async throws {
        try await withBench { bench async throws in
            let (calls, refused) = try await submit(.database(message: "locked", code: 5), to: bench)
            #expect(calls == [1, 3] && refused == 4)
        }
    }

    @Test func oneThatTheDatabaseCantTakeDoesNotFailItsNeighbours() async throws {
        try await withBench { bench async throws in
            let (calls, refused) = try await submit(.database(message: "constraint", code: 19), to: bench)
            #expect(calls == [1, 3, 1, 1, 1] && refused == 4)
        }
    }
}

extension Result where Failure == ReceptionRefusal {
    var refusal: ReceptionRefusal? {
        guard case .failure(let refusal) = self else { return nil }
        return refusal
    }
}

extension URL {
    var size: Int64? { (try? resourceValues(forKeys: [.fileSizeKey]))?.fileSize.map(Int64.init) }
}
