import DICOMCore
import Foundation
import GRDB
import Testing

@testable import GatewayStore

extension Bench {
    /// A study with one image, closed and claimed by `w`.
    func claimedJob(_ sent: SentObject = SentObject()) async throws -> ClaimedJob {
        _ = try await sent.send(to: reception())
        _ = try store.closeStudy(sent.study, recipe: recipe)
        return try #require(try store.claimJob(worker: "w", lease: 60))
    }
}

extension Completion {
    /// A report in two SOP classes, with UIDs that begin with `root`.
    static func sample(_ root: String = "2.25.1") -> Completion {
        let classes = ["1.2.840.10008.5.1.4.1.1.88.34", "1.2.840.10008.5.1.4.1.1.88.22"].compactMap { UID($0) }
        let documents = classes.enumerated().compactMap { index, sopClass -> Document? in
            guard let instance = UID("\(root).\(index)"), let series = UID("\(root).9") else { return nil }
            let syntax = TransferSyntax.explicitVRLittleEndian.uid
            let meta = FileMetaInformation(
                sopClassUID: sopClass, sopInstanceUID: instance, transferSyntaxUID: syntax)
            var body = SentObject(sopClass: sopClass, sopInstance: instance, series: series)
            body.pixels = 2
            return Document(
                kind: "report", series: series, sopClass: sopClass, sopInstance: instance, transferSyntax: syntax,
                part10: meta.encode() + body.dataSet)
        }
        return Completion(
            verdict: .analysed, findings: [Finding(json: "{}", outcome: "normal", confidence: 0.9, triage: 4)],
            documents: documents, summary: "normal 90 %, triage 4",
            stages: [Stage(name: "read", seconds: 0.25), Stage(name: "classify", seconds: 1.5)])
    }
}

struct JobTests {
    @Test func aJobKeepsWhenItsTryBeganAndHowLongItsStagesTook() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            _ = try bench.store.closeStudy(SentObject().study, recipe: recipe)
            #expect(try bench.store.jobs().first?.startedAt == nil)
            let created = try #require(try bench.store.jobs().first?.createdAt)
            bench.clock.advance(5)
            let job = try #require(try bench.store.claimJob(worker: "w", lease: 60))
            #expect(try bench.store.jobs().first?.startedAt?.timeIntervalSince(created) == 5)
            #expect(try bench.store.jobs().first?.stages == [])
            try bench.store.complete(job: job, with: .sample())
            #expect(try bench.store.jobs().first?.stages == Completion.sample().stages)
        }
    }

    @Test func aClosedStudyIsOneJobHoweverOftenItIsClosed() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let study = SentObject().study
            guard case .job(let id, 1) = try bench.store.closeStudy(study, recipe: recipe) else {
                Issue.record("no job")
                return
            }
            try bench.store.forceStudy(study)
            #expect(try bench.store.openStudies().first?.forced == true)
            #expect(try bench.store.closeStudy(study, recipe: recipe) == .unchanged(job: id))
            #expect(try bench.store.study(study)?.state == .waiting)
        }
    }

    @Test func anotherBundleMakesANewRevision() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.complete(job: job, with: .sample())
            let newer = JobRecipe(bundle: "b2", settings: "s") { study, digests in "b2 \(study) \(digests)" }
            try bench.store.forceStudy(job.study)
            guard case .job(_, revision: 2) = try bench.store.closeStudy(job.study, recipe: newer) else {
                Issue.record("no new revision")
                return
            }
        }
    }

    @Test("A dropped job runs again when its study is forced, and stays dropped when it is closed by itself")
    func droppedJobs() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            _ = try bench.store.fail(job: job.id, worker: job.worker, reason: "x")
            #expect(try bench.store.decide(.drop, study: job.study) == 1)
            #expect(try bench.store.study(job.study)?.state == .failed)
            #expect(try bench.store.closeStudy(job.study, recipe: recipe) == .unchanged(job: job.id))
            #expect(try bench.store.study(job.study)?.state == .failed)

            try bench.store.forceStudy(job.study)
            #expect(try bench.store.closeStudy(job.study, recipe: recipe) == .job(id: job.id, revision: 2))
            #expect(try bench.store.study(job.study)?.state == .waiting && bench.store.openStudies().isEmpty)
            let again = try #require(try bench.store.claimJob(worker: "w", lease: 60))
            #expect(again.id == job.id && again.revision == 2 && again.objects == job.objects)
        }
    }

    @Test func aRecipeThatIsChangedBackRunsTheJobThatWaitedForIt() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let study = SentObject().study
            let newer = JobRecipe(bundle: "b2", settings: "s") { study, digests in "b2 \(study) \(digests)" }
            #expect(try bench.store.closeStudy(study, recipe: recipe) == .job(id: 1, revision: 1))
            try bench.store.forceStudy(study)
            #expect(try bench.store.closeStudy(study, recipe: newer) == .job(id: 2, revision: 2))
            try bench.store.forceStudy(study)
            #expect(try bench.store.closeStudy(study, recipe: recipe) == .job(id: 1, revision: 3))
            #expect(try bench.store.jobs().filter { $0.state == .waiting }.map(\.id) == [1])
        }
    }

    @Test func aStudyWithoutImagesIsNotAnalysable() async throws {
        try await withBench { bench async throws in
            let report = SentObject(sopClass: UID(known: "1.2.840.10008.5.1.4.1.1.88.11"))
            _ = try await report.send(to: bench.reception())
            guard case .notAnalysable = try bench.store.closeStudy(report.study, recipe: recipe) else {
                Issue.record("it has a job")
                return
            }
            #expect(try bench.store.study(report.study)?.state == .notAnalysable)
        }
    }

    @Test func lateImagesMakeARevisionThatNamesItsPredecessor() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            #expect(job.predecessors.isEmpty && job.objects.count == 1)
            try bench.store.complete(job: job, with: .sample())
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.2")).send(to: bench.reception())
            #expect(try bench.store.study(job.study)?.state == .receiving)
            _ = try bench.store.closeStudy(job.study, recipe: recipe)
            let later = try #require(try bench.store.claimJob(worker: "w", lease: 60))
            #expect(later.revision == 2 && later.objects.count == 2)
            #expect(later.predecessors.map(\.sopInstance.string) == ["2.25.1.0", "2.25.1.1"])
        }
    }

    @Test func imagesThatComeWhileTheJobRunsWaitForItsEnd() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.2")).send(to: bench.reception())
            _ = try bench.store.closeStudy(job.study, recipe: recipe)
            #expect(try bench.store.claimJob(worker: "w2", lease: 60) == nil)
            try bench.store.complete(job: job, with: .sample())
            let later = try #require(try bench.store.claimJob(worker: "w2", lease: 60))
            #expect(later.predecessors.count == 2)
        }
    }

    @Test func ourOwnObjectsAreKeptAndOpenNothing() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.complete(job: job, with: .sample())
            // The picture comes back by a PACS that forwards, first as it was, then with other bytes.
            let echo = SentObject(
                sopClass: SOPClass.secondaryCaptureImageStorage.uid, sopInstance: UID(known: "2.25.7"),
                deviceUID: bench.store.deviceUID)
            #expect(
                try await echo.send(to: bench.reception()) == .success(.kept(study: echo.study, opensStudy: false)))
            let record = try #require(try bench.store.study(job.study))
            #expect(record.state == .analysed && record.images == 1)
            #expect(try bench.store.events(of: job.study).contains { $0.kind == .echo })
            try bench.store.forceStudy(job.study)
            #expect(try bench.store.closeStudy(job.study, recipe: recipe) == .unchanged(job: job.id))
        }
    }

    @Test func aLatePresentationStateChangesNoReport() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.complete(job: job, with: .sample())
            _ = try await SentObject(
                sopClass: SOPClass.grayscaleSoftcopyPresentationStateStorage.uid, sopInstance: UID(known: "1.2.3.8")
            ).send(to: bench.reception())
            #expect(try bench.store.study(job.study)?.state == .analysed)
        }
    }

    @Test func aPoisonStudyIsParkedAfterThreeTriesAndStopsNobody() async throws {
        try await withBench { bench async throws in
            let poison = try await bench.claimedJob()
            #expect(try bench.store.fail(job: poison.id, worker: "w", reason: "r1") == .triedAgain(tries: 1))
            _ = try bench.store.claimJob(worker: "w", lease: 60)
            #expect(try bench.store.workerDied("w", reason: "signal 9") == [.triedAgain(tries: 2)])
            let other = SentObject(sopInstance: UID(known: "1.9.1"), study: UID(known: "1.9"))
            _ = try await other.send(to: bench.reception())
            bench.clock.advance(1)
            _ = try bench.store.closeStudy(other.study, recipe: recipe)
            let third = try #require(try bench.store.claimJob(worker: "w", lease: 60))
            #expect(third.id == poison.id && third.tries == 3)
            #expect(try bench.store.fail(job: third.id, worker: "w", reason: "r3") == .parked(reason: "r3"))
            let record = try #require(try bench.store.study(poison.study))
            #expect(record.state == .failed && record.reason == "r3")
            #expect(try bench.store.claimJob(worker: "w", lease: 60)?.study == other.study)
            #expect(try bench.store.decide(.retry, study: poison.study) == 1)
            #expect(try bench.store.claimJob(worker: "w2", lease: 60)?.tries == 1)
        }
    }

    @Test func aClaimThatRanOutIsTriedByAnotherAndTheFirstHandsInNothing() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            bench.clock.advance(30)
            try bench.store.renewClaim(on: job.id, worker: "w", lease: 60)
            bench.clock.advance(59)
            #expect(try bench.store.claimJob(worker: "w2", lease: 60) == nil)
            bench.clock.advance(2)
            let again = try #require(try bench.store.claimJob(worker: "w2", lease: 60))
            #expect(again.id == job.id && again.tries == 2)
            #expect(throws: StoreError.claimLost(job: job.id)) {
                try bench.store.complete(job: job, with: .sample())
            }
            #expect(try bench.spooled().filter { $0.hasPrefix("results") }.isEmpty)
        }
    }

    @Test func aWorkerThatIsAskedToStopCostsNoTry() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.giveBack(worker: "w")
            #expect(try bench.store.claimJob(worker: "w2", lease: 60)?.tries == job.tries)
        }
    }

    @Test func aSetAsideObjectIsClaimedOnceAndGoesOrStaysByItsVerdict() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject().send(to: reception)
            _ = try await SentObject(pixels: 66).send(to: reception)
            _ = try await SentObject(pixels: 68).send(to: reception)
            let first = try #require(try bench.store.claimAside(worker: "w", lease: 60))
            try bench.store.settle(aside: first, .equal)
            #expect(!FileManager.default.fileExists(atPath: first.file.path))
            let second = try #require(try bench.store.claimAside(worker: "w", lease: 60))
            try bench.store.settle(aside: second, .different("(7fe0,0010) differs"))
            #expect(try bench.store.claimAside(worker: "w", lease: 60) == nil)
            #expect(try bench.store.asideObjects().map(\.state) == [.different])
            try bench.store.drop(aside: second.id)
            #expect(try bench.spooled().count == 1)
        }
    }

    @Test func aSetAsideObjectThatKillsItsWorkerIsIncomparableAfterThreeTries() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject().send(to: reception)
            _ = try await SentObject(pixels: 66).send(to: reception)
            for _ in 1...3 {
                _ = try #require(try bench.store.claimAside(worker: "w", lease: 60))
                _ = try bench.store.workerDied("w", reason: "signal 11")
            }
            #expect(try bench.store.claimAside(worker: "w", lease: 60) == nil)
            #expect(try bench.store.asideObjects().map(\.state) == [.incomparable])
        }
    }
}
