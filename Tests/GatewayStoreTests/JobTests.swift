import DICOMCore
import Foundation
import GRDB
import Testing
import Workflow

@testable import GatewayStore

extension Bench {
    /// A study with one image, closed and claimed by `w`.
    func claimedJob(_ sent: SentObject = SentObject()) async throws -> ClaimedJob {
        _ = try await sent.send(to: reception())
        _ = try store.closeStudy(sent.study, recipe: recipe)
        return try #require(try claim())
    }
}

extension Completion {
    /// A report in two SOP classes, with UIDs that begin with `root`.
    static func sample(_ root: String = "2.25.1", recipe: Recipe = GatewayStoreTests.recipe, pixels: Int = 2)
        -> Completion
    {
        let classes = ["1.2.840.10008.5.1.4.1.1.88.34", "1.2.840.10008.5.1.4.1.1.88.22"].compactMap { UID($0) }
        let results = classes.enumerated().compactMap { index, sopClass in
            UID("\(root).\(index)").map { result(Document(.report), sopClass, $0, pixels: pixels) }
        }
        return Completion(
            recipe: recipe, verdict: .analysed,
            findings: [Finding(json: "{}", outcome: "normal", confidence: 0.9, triage: 4)],
            results: results, summary: "normal 90 %, triage 4",
            stages: [Stage(name: "read", seconds: 0.25), Stage(name: "classify", seconds: 1.5)])
    }

    static func result(_ document: Document, _ sopClass: UID, _ instance: UID, pixels: Int = 2) -> Result {
        let series = UID(known: "2.25.9")
        let syntax = TransferSyntax.explicitVRLittleEndian.uid
        let meta = FileMetaInformation(sopClassUID: sopClass, sopInstanceUID: instance, transferSyntaxUID: syntax)
        var body = SentObject(sopClass: sopClass, sopInstance: instance, series: series)
        body.pixels = pixels
        return Result(
            document, series: series, sopClass: sopClass, sopInstance: instance, transferSyntax: syntax,
            part10: meta.encode() + body.dataSet)
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
            let job = try #require(try bench.claim())
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
            guard case .job(revision: 1) = try bench.store.closeStudy(study, recipe: recipe) else {
                Issue.record("no job")
                return
            }
            try bench.store.forceStudy(study)
            #expect(try bench.store.openStudies().first?.opening == .forced)
            #expect(try bench.store.closeStudy(study, recipe: recipe) == .unchanged(revision: 1))
            #expect(try bench.store.study(study)?.state == .waiting)
        }
    }

    @Test func anotherBundleMakesANewRevision() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.complete(job: job, with: .sample())
            try bench.store.forceStudy(job.study)
            #expect(try bench.store.closeStudy(job.study, recipe: otherRecipe) == .job(revision: 2))
        }
    }

    @Test("A dropped job runs again when its study is forced, and stays dropped when it is closed by itself")
    func droppedJobs() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.fail(job: job.id, by: job.owner, Cause(.failed, "x"))
            #expect(try bench.store.decide(.drop, study: job.study) == 1)
            #expect(try bench.store.study(job.study)?.state == .failed)
            #expect(try bench.store.study(job.study)?.reason == "dropped by the operator")

            try bench.store.forceStudy(job.study)
            #expect(try bench.store.closeStudy(job.study, recipe: recipe) == .unchanged(revision: 1))
            #expect(try bench.store.study(job.study)?.state == .waiting && bench.store.openStudies().isEmpty)
            let again = try #require(try bench.claim())
            #expect(again.id == job.id && again.revision == 1 && again.images == job.images && again.tries == 1)
        }
    }

    @Test func aRecipeThatIsChangedBackMakesARevisionAgain() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let study = SentObject().study
            for (number, recipe) in [recipe, otherRecipe, recipe].enumerated() {
                if number > 0 { try bench.store.forceStudy(study) }
                #expect(try bench.store.closeStudy(study, recipe: recipe) == .job(revision: number + 1))
            }
            #expect(try bench.store.jobs(in: [.waiting]).map(\.revision) == [3])
            #expect(try bench.store.jobs(in: [.superseded]).map(\.revision) == [2, 1])
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
            #expect(job.predecessors.isEmpty && job.images.count == 1)
            try bench.store.complete(job: job, with: .sample())
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.2")).send(to: bench.reception())
            #expect(try bench.store.study(job.study)?.state == .receiving)
            _ = try bench.store.closeStudy(job.study, recipe: recipe)
            let later = try #require(try bench.claim())
            #expect(later.revision == 2 && later.images.count == 2)
            #expect(later.predecessors.map(\.sopInstance.string) == ["2.25.1.0", "2.25.1.1"])
        }
    }

    @Test func imagesThatComeWhileTheJobRunsWaitForItsEnd() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.2")).send(to: bench.reception())
            _ = try bench.store.closeStudy(job.study, recipe: recipe)
            #expect(try bench.claim(by: "w2") == nil)
            try bench.store.complete(job: job, with: .sample())
            let later = try #require(try bench.claim(by: "w2"))
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
            #expect(try bench.store.closeStudy(job.study, recipe: recipe) == .unchanged(revision: 1))
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
            #expect(try bench.store.fail(job: poison.id, by: poison.owner, Cause(.failed, "r1")) == .waiting)
            #expect(try bench.claim() == nil, "it is not due yet")
            bench.clock.advance(5)
            _ = try #require(try bench.claim())
            #expect(try bench.store.workerEnded(bench.worker(), Cause(.crashed, "signal 11")) == [.waiting])
            let other = SentObject(sopInstance: UID(known: "1.9.1"), study: UID(known: "1.9"))
            _ = try await other.send(to: bench.reception())
            bench.clock.advance(10)
            _ = try bench.store.closeStudy(other.study, recipe: recipe)
            let third = try #require(try bench.claim())
            #expect(third.id == poison.id && third.tries == 3)
            #expect(try bench.store.fail(job: third.id, by: third.owner, Cause(.failed, "r3")) == .parked)
            let record = try #require(try bench.store.study(poison.study))
            #expect(record.state == .failed && record.reason == "r3")
            let parked = try #require(try bench.store.jobs(of: poison.study).first)
            #expect(parked.failures == 3 && parked.reason == "r3")
            #expect(try bench.claim()?.study == other.study)
            #expect(try bench.store.decide(.retry, study: poison.study) == 1)
            #expect(try bench.claim(by: "w2")?.tries == 1)
        }
    }

    @Test("What is the node's fault, or nobody's, costs no try", arguments: [Cause.Kind.databaseLocked, .killed])
    func innocentEnds(kind: Cause.Kind) async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            for _ in 1...6 {
                try bench.store.fail(job: job.id, by: job.owner, Cause(kind, "x"))
                bench.clock.advance(60)
                #expect(try bench.claim()?.tries == 1)
            }
        }
    }

    @Test func aClaimThatRanOutIsTriedByAnotherAndTheFirstHandsInNothing() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            bench.clock.advance(30)
            try bench.store.renewClaim(on: job.id, by: job.owner, lease: 60)
            bench.clock.advance(59)
            #expect(try bench.claim(by: "w2") == nil)
            bench.clock.advance(2)
            #expect(try bench.claim(by: "w2") == nil, "its silence was noted, and its next try is due later")
            bench.clock.advance(5)
            let again = try #require(try bench.claim(by: "w2"))
            #expect(again.id == job.id && again.tries == 1)
            #expect(throws: StoreError.self) { try bench.store.complete(job: job, with: .sample()) }
            #expect(try bench.spooled().filter { $0.hasPrefix("results") }.isEmpty)
            #expect(try bench.store.complete(job: again, with: .sample()) == .done)
        }
    }

    @Test("A result that comes after its claim ran out is kept, as long as nobody else has the job")
    func lateResults() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            bench.clock.advance(61)
            #expect(try bench.claim(by: "w2") == nil)
            #expect(try bench.store.complete(job: job, with: .sample()) == .done)
            #expect(try bench.store.study(job.study)?.state == .analysed)
        }
    }

    @Test func aWorkerThatIsAskedToStopCostsNoTry() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.giveBack(by: job.owner)
            #expect(try bench.claim(by: "w2")?.tries == job.tries)
        }
    }

    @Test("A worker with another recipe gets no job of this one; its own node's makes way for a revision")
    func foreignRecipes() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            _ = try bench.store.closeStudy(SentObject().study, recipe: recipe)
            let stranger = Owner(node: "by hand", worker: "by hand")
            #expect(try bench.store.claimJob(by: stranger, recipe: otherRecipe, lease: 60) == nil)
            #expect(try bench.store.study(SentObject().study)?.state == .waiting)

            #expect(try bench.claim(recipe: otherRecipe) == nil, "a worker that was started otherwise changes nothing")
            #expect(try bench.store.openStudies().isEmpty)
            try bench.store.setRecipe(otherRecipe)
            #expect(try bench.claim(recipe: otherRecipe) == nil)
            #expect(try bench.store.openStudies().map(\.opening) == [.renewal])
            #expect(try bench.store.closeStudy(SentObject().study, recipe: otherRecipe) == .job(revision: 2))
            #expect(try bench.claim() == nil)
            let job = try #require(try bench.claim(recipe: otherRecipe))
            #expect(job.revision == 2 && job.recipe == otherRecipe)
            #expect(throws: StoreError.self) { try bench.store.complete(job: job, with: .sample()) }
            #expect(try bench.store.complete(job: job, with: .sample(recipe: otherRecipe)) == .done)
        }
    }

    @Test("Another node's picture is kept and is no image: two nodes that send each other their results come to rest")
    func anotherNodesPicture() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.complete(job: job, with: .sample())
            let picture = SentObject(
                sopClass: SOPClass.secondaryCaptureImageStorage.uid, sopInstance: UID(known: "2.25.77"), modality: "OT",
                manufacturer: "Hilum", deviceUID: UID(known: "2.25.8"))
            _ = try await picture.send(to: bench.reception())
            let record = try #require(try bench.store.study(job.study))
            #expect(record.state == .analysed && record.images == 1)
            // A captured screen of another program is one, unless it is about another examination.
            _ = try await SentObject(
                sopClass: SOPClass.secondaryCaptureImageStorage.uid, sopInstance: UID(known: "1.2.3.78"), modality: "MR"
            ).send(to: bench.reception())
            #expect(try bench.store.study(job.study)?.state == .analysed)
        }
    }

    @Test("After a change of recipe, what comes late and is no image makes no revision")
    func lateObjectsAfterAChangeOfRecipe() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            try bench.store.complete(job: job, with: .sample())
            _ = try await SentObject(
                sopClass: SOPClass.grayscaleSoftcopyPresentationStateStorage.uid, sopInstance: UID(known: "1.2.3.8")
            ).send(to: bench.reception())
            #expect(try bench.store.openStudies().isEmpty)
            #expect(try bench.store.closeStudy(job.study, recipe: otherRecipe) == .unchanged(revision: 1))
            #expect(try bench.store.study(job.study)?.revision == 1)
        }
    }

    @Test("A report from a part of the study says so, and gives way when the rest comes")
    func partialReports() async throws {
        try await withBench { bench async throws in
            let second = SentObject(sopInstance: UID(known: "1.2.3.2"))
            _ = try await SentObject().send(to: bench.reception())
            _ = try await second.send(to: bench.reception())
            let paths = try bench.store.read {
                try String.fetchAll($0, sql: "SELECT path FROM object ORDER BY sop_instance")
            }
            try FileManager.default.removeItem(at: bench.folder.appending(path: paths[1]))
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).lost == 1)
            try store.forceStudy(second.study)
            #expect(try store.closeStudy(second.study, recipe: recipe) == .job(revision: 1))
            let partial = try #require(
                try store.claimJob(by: Owner(node: store.node, worker: "w"), recipe: recipe, lease: 60))
            #expect(partial.missing.map(\.sopInstance) == [second.sopInstance] && partial.images.count == 1)
            try store.complete(job: partial, with: .sample())

            _ = try await second.send(to: Reception(store: store))
            #expect(try store.closeStudy(second.study, recipe: recipe) == .job(revision: 2))
            let whole = try #require(
                try store.claimJob(by: Owner(node: store.node, worker: "w"), recipe: recipe, lease: 60))
            #expect(whole.missing.isEmpty && whole.images.count == 2)
        }
    }

    @Test("A dropped study that is forced is closed, not open for ever")
    func forcedAfterDrop() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            for _ in 1...3 {
                try bench.store.fail(job: job.id, by: job.owner, Cause(.failed, "x"))
                bench.clock.advance(60)
                _ = try bench.claim()
            }
            #expect(try bench.store.study(job.study)?.state == .failed)
            _ = try bench.store.decide(.drop, study: job.study)
            try bench.store.forceStudy(job.study)
            _ = try bench.store.closeStudy(job.study, recipe: recipe)
            #expect(try bench.store.openStudies().isEmpty)
            #expect(try bench.store.study(job.study)?.state == .waiting)
        }
    }

    @Test("Overwritten bytes give no result: the image is lost, and the study is whole again when it is sent again")
    func damagedFiles() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            let file = job.images[0].object.file
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 3] ^= 0xFF
            try bytes.write(to: file)
            let faults = bench.store.faults(of: job)
            #expect(faults == [JobWorkflow.UnreadImage(SentObject().sopInstance, .damaged)])
            var completion = Completion.sample()
            completion.unread = faults
            #expect(try bench.store.complete(job: job, with: completion) == .parked)
            #expect(try bench.store.study(job.study)?.state == .failed)
            #expect(try bench.spooled().filter { $0.hasPrefix("results") }.isEmpty)

            let again = try await SentObject().send(to: bench.reception())
            #expect(again == .success(.kept(study: job.study, opensStudy: true)))
            _ = try bench.store.closeStudy(job.study, recipe: recipe)
            let mended = try #require(try bench.claim())
            #expect(bench.store.faults(of: mended).isEmpty)
            #expect(try bench.store.complete(job: mended, with: .sample()) == .done)
        }
    }

    @Test("A file that can't be read for a moment costs no try and is no verdict")
    func passingFaults() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            let file = job.images[0].object.file
            let away = file.appendingPathExtension("away")
            try FileManager.default.moveItem(at: file, to: away)
            let faults = bench.store.faults(of: job)
            guard case .unreadable(let cause)? = faults.first?.fault, cause.kind == .fileMissing else {
                Issue.record("\(faults)")
                return
            }
            var completion = Completion.sample()
            completion.unread = faults
            #expect(try bench.store.complete(job: job, with: completion) == .waiting)
            try FileManager.default.moveItem(at: away, to: file)
            bench.clock.advance(5)
            let again = try #require(try bench.claim())
            #expect(again.tries == 1 && bench.store.faults(of: again).isEmpty)
            #expect(try bench.store.complete(job: again, with: .sample()) == .done)
        }
    }
}
