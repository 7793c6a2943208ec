import DICOMCore
import Testing

@testable import Workflow

@Suite("What a job's recipe, results and revisions mean")
struct JobRuleTests {
    // MARK: Recipes (defect 3)

    @Test(
        "Defect 3: a worker with another recipe gets no job, and is told what differs", arguments: Recipe.Part.allCases)
    func anotherRecipeClaimsNothing(_ part: Recipe.Part) {
        var worker = recipe
        switch part {
        case .bundle: worker.bundle = "other"
        case .settings: worker.settings = "other"
        case .precision: worker.precision = "bf16"
        case .software: worker.software = "2"
        }
        expectRefusal(.otherRecipe([part])) { () throws(Refusal) in
            var job = JobWorkflow.waiting()
            _ = try job.handle(.claimed(claim, recipe: worker, studyIsBusy: false))
        }
    }

    @Test("Defect 3: what another recipe made is not taken, whoever holds the claim")
    func anotherRecipesResultIsRefused() {
        for job in [JobWorkflow.waiting(), JobWorkflow.running()] {
            expectRefusal(.otherRecipe([.bundle])) { () throws(Refusal) in
                var job = job
                _ = try job.handle(.finished(by: mine, handIn(by: otherRecipe), at: now, random: 0))
            }
        }
    }

    @Test("Defect 3: a lost result is made again by the recipe that made it")
    func aLostResultIsMadeAgain() throws {
        var job = JobTableTests.job(.done(.init(verdict: .analysed, at: now)))
        let actions = try job.handle(.resultLost(results: images(first), recipe: recipe, at: now))
        #expect(actions.contains(.settle))
        #expect(job.state == .waiting(.init(attempts: Attempts(from: now), purpose: .remaking(images(first)))))
        expectRefusal(.otherRecipe([.bundle])) { () throws(Refusal) in
            _ = try job.handle(.claimed(claim, recipe: otherRecipe, studyIsBusy: false))
        }
    }

    @Test("Defect 3: where that recipe is gone, the results are lost and a new revision follows")
    func aLostResultOfAnotherRecipeIsNotMadeAgain() throws {
        var job = JobTableTests.job(.done(.init(verdict: .analysed, at: now)))
        _ = try job.handle(.resultLost(results: images(first), recipe: otherRecipe, at: after(1)))
        #expect(job.state == .done(.init(verdict: .analysed, at: now, resultsLost: true)))
        #expect(job.standing(DeliveryCount(delivered: 1)) == .resultsLost)
    }

    @Test("Defect 3: other bytes never come under UIDs that a PACS knows")
    func remakingMakesTheSameBytes() throws {
        var job = JobWorkflow.running(.remaking(images(first)))
        let same = try job.handle(.finished(by: mine, handIn(), at: now, random: 0))
        #expect(same.contains(.keepResults) && job.standing(DeliveryCount()) == .done(.analysed, DeliveryCount()))
        job = JobWorkflow.running(.remaking(images(first, bytes: 9)))
        let others = try job.handle(.finished(by: mine, handIn(), at: now, random: 0))
        #expect(!others.contains(.keepResults) && job.standing(DeliveryCount()) == .resultsLost)
    }

    // MARK: What a result rests on (defects 2 and 7)

    @Test(
        "Defect 2: a passing read fault is a try's end and no verdict",
        arguments: [Cause.Kind.readFault, .tooManyFiles, .fileMissing],
        [JobWorkflow.Verdict.analysed, .notAnalysable(reason: "nothing to read")])
    func aPassingFaultIsNoVerdict(_ kind: Cause.Kind, _ verdict: JobWorkflow.Verdict) throws {
        var job = JobWorkflow.running()
        let unread = [JobWorkflow.UnreadImage(first, .unreadable(Cause(kind, "open failed")))]
        let actions = try job.handle(.finished(by: mine, handIn(verdict, unread), at: now, random: 0))
        #expect(!actions.contains(.keepResults))
        guard case .waiting(let waiting) = job.state else {
            Issue.record("it is \(job.state.name)")
            return
        }
        #expect(waiting.attempts.failures == 0 && waiting.attempts.nextTry > now)
    }

    @Test("A damaged file gives no result: it is lost, and the job parked until it is sent again")
    func aDamagedFileIsLost() throws {
        var job = JobWorkflow.running()
        let unread = [JobWorkflow.UnreadImage(first, .damaged)]
        let actions = try job.handle(.finished(by: mine, handIn(.analysed, unread), at: now, random: 0))
        #expect(actions.first == .markLost([first]) && !actions.contains(.keepResults))
        #expect(job.standing(DeliveryCount()) == .parked(reason: JobWorkflow.reason(lost: [first])))
    }

    @Test("An image that came as it is and can't be decoded may stand in a result")
    func undecodableImagesAreNoFault() throws {
        var job = JobWorkflow.running()
        let unread = [JobWorkflow.UnreadImage(first, .content("JPEG XL is not supported"))]
        let actions = try job.handle(
            .finished(by: mine, handIn(.notAnalysable(reason: "none left"), unread), at: now, random: 0))
        #expect(actions.prefix(2) == [.keepResults, .enqueueDeliveries] && actions.last == .settle)
    }

    // MARK: Revisions

    @Test("A try that ends when a later revision is there is not repeated")
    func aRunningJobIsSupersededAtItsEnd() throws {
        var job = JobWorkflow.running()
        _ = try job.handle(.superseded(by: 4, at: now))
        _ = try job.handle(.superseded(by: 3, at: now))
        var done = job
        _ = try job.handle(.failed(by: mine, Cause(.databaseLocked, "locked"), at: now, random: 0))
        #expect(job.state == .superseded(.init(by: 4, at: now)))
        _ = try done.handle(.finished(by: mine, handIn(), at: now, random: 0))
        #expect(done.state.name == .done)
    }

    @Test("A lost result of an earlier revision is not made again, and what waits for it is told")
    func earlierRevisionsAreNotMadeAgain() throws {
        var job = JobTableTests.job(.done(.init(verdict: .analysed, at: now)))
        _ = try job.handle(.superseded(by: 3, at: now))
        let actions = try job.handle(.resultLost(results: images(first), recipe: recipe, at: now))
        #expect(actions.first == .loseDeliveries)
        #expect(job.state == .done(.init(verdict: .analysed, at: now, resultsLost: true, successor: 3)))
        var remaking = JobWorkflow.waiting(.remaking(images(first)))
        #expect(try remaking.handle(.superseded(by: 3, at: now)).first == .loseDeliveries)
    }

    @Test("Only a later revision supersedes")
    func earlierRevisionsSupersedeNothing() {
        for job in [
            JobWorkflow.waiting(), JobWorkflow.running(),
            JobTableTests.job(.parked(.init(reason: "", at: now, attempts: JobTableTests.tried))),
        ] {
            expectRefusal(.revision(2)) { () throws(Refusal) in
                var job = job
                _ = try job.handle(.superseded(by: 2, at: now))
            }
        }
    }

    @Test("A refusal says what, why and what to do")
    func refusalsAreSentences() {
        var job = JobTableTests.job(.parked(.init(reason: "x", at: now, attempts: JobTableTests.tried)))
        do throws(Refusal) {
            _ = try job.handle(.claimed(claim, recipe: recipe, studyIsBusy: false))
        } catch {
            #expect(error.description == "the job of revision 2 can't be claimed: it is parked; retry or drop it")
        }
    }
}
