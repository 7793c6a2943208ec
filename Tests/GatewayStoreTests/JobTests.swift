import DICOMCore
import Foundation
import Testing
import Workflow

@testable import GatewayStore

/// A job from its claim to its end: tries, causes, and what a worker hands in.
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

    @Test("A result is this node's from when it is made, though a peer had sent an object of its UID before")
    func resultsAfterTheirEcho() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            let echo = SentObject(
                sopClass: UID(known: "1.2.840.10008.5.1.4.1.1.88.34"), sopInstance: UID(known: "2.25.1.0"),
                deviceUID: bench.store.deviceUID)
            _ = try await echo.send(to: bench.reception())
            bench.clock.advance(5)
            try bench.store.complete(job: job, with: .sample())
            let object = try #require(try bench.store.results(of: job.study).first).object
            #expect(object.sopInstance == echo.sopInstance)
            #expect(object.callingAE.isEmpty && object.receivedAt == bench.clock.now)
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
