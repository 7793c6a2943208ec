import DICOMCore
import Testing

@testable import Workflow

@Suite("What a job's tries cost, and whose its claims are")
struct JobClaimTests {
    // MARK: Causes (defect 10)

    @Test("Three ends that are the work's fault park a job with its reason", arguments: Cause.Kind.allCases)
    func causes(_ kind: Cause.Kind) throws {
        var job = JobWorkflow.waiting()
        try job.tries(kind, 3)
        switch Cause(kind, "").blame {
        case .work: #expect(job.state.name == .parked)
        case .node, .unclear: #expect(job.state.name == .waiting)
        }
    }

    @Test("A parked job has counted its last try, and its record says which one it was")
    func theLastTryCounts() throws {
        var job = JobWorkflow.waiting()
        try job.tries(.failed, 2)
        _ = try job.handle(
            .claimed(Claim(owner: mine, at: after(86_400), lease: .seconds(120)), recipe: recipe, studyIsBusy: false))
        let actions = try job.handle(.failed(by: mine, Cause(.crashed, "signal 11"), at: after(86_400), random: 0))
        guard case .parked(let parked) = job.state else {
            Issue.record("\(job.state)")
            return
        }
        #expect(parked.attempts.failures == 3 && parked.reason == "signal 11")
        #expect(actions.first == .note(Note(.parked, "revision 2, try 3 of 3: signal 11")))
    }

    @Test("Defect 10: the node's troubles cost nothing, however often", arguments: Cause.Kind.allCases)
    func theNodesTroublesCostNothing(_ kind: Cause.Kind) throws {
        var job = JobWorkflow.waiting()
        try job.tries(kind, 1000)
        let expected =
            switch Cause(kind, "").blame {
            case .node: "waiting"
            case .work, .unclear: "parked"
            }
        #expect(job.state.name.rawValue == expected)
    }

    @Test("Defect 10: locks, full disks, faults of files, clock jumps and kills cost no try")
    func theCausesThatCostNoTry() {
        let free = Cause.Kind.allCases.filter { Cause($0, "").blame != .work }
        #expect(
            Set(free) == [
                .databaseLocked, .diskFull, .tooManyFiles, .clockJump, .stopped, .destination, .killed, .silent,
                .nodeEnded, .readFault, .writeFault, .fileMissing,
            ])
    }

    @Test("A study that has its workers killed is parked in the end, and stops nobody")
    func aStudyThatKillsIsParked() throws {
        var job = JobWorkflow.waiting()
        try job.tries(.killed, 19)
        #expect(job.state.name == .waiting)
        try job.tries(.killed, 1)
        #expect(job.standing(DeliveryCount()) == .parked(reason: "x, 20 times; look for the reason, then retry"))
    }

    @Test("Defect 10: the next try is due later and later")
    func tryAfterTryIsDueLater() throws {
        var job = JobWorkflow.waiting()
        var waits: [Int64] = []
        for _ in 1...3 {
            guard case .waiting(let before) = job.state else { break }
            try job.tries(.diskFull, 1)
            guard case .waiting(let later) = job.state else { break }
            waits.append(later.attempts.nextTry.milliseconds(since: before.attempts.nextTry))
        }
        #expect(waits == [5000, 10_000, 20_000])
        expectRefusal(.notDue(after(35))) { () throws(Refusal) in
            _ = try job.handle(.claimed(claim, recipe: recipe, studyIsBusy: false))
        }
    }

    @Test("A next try that was set under a clock since put back is due")
    func aClockThatIsPutBackHoldsNothing() throws {
        var job = JobTableTests.job(
            .waiting(.init(attempts: Attempts(failures: 1, unclear: 0, putOff: 0, nextTry: after(86_400), cause: nil))))
        _ = try job.handle(.claimed(claim, recipe: recipe, studyIsBusy: false))
        #expect(job.state.name == .running)
    }

    @Test("The same trouble again and again is noted once")
    func theRecordIsNotFilled() throws {
        var job = JobWorkflow.waiting()
        var notes = 0
        for _ in 1...5 {
            guard case .waiting(let waiting) = job.state else { return }
            let time = waiting.attempts.nextTry
            _ = try job.handle(
                .claimed(Claim(owner: mine, at: time, lease: .seconds(120)), recipe: recipe, studyIsBusy: false))
            notes += try job.handle(.failed(by: mine, Cause(.diskFull, "x"), at: time, random: 0)).count - 1
        }
        #expect(notes == 1)
    }

    // MARK: Claims

    @Test("Being asked to stop costs nothing and makes nobody wait")
    func aStopCostsNothing() throws {
        var job = JobWorkflow.running()
        _ = try job.handle(.released(by: mine, at: after(3)))
        #expect(job.state == .waiting(.init(attempts: Attempts(from: after(3)))))
    }

    @Test("A claim is its owner's: nobody else renews, ends or hands in")
    func claimsAreTheirOwners() {
        let events: [JobWorkflow.Event] = [
            .renewed(by: theirs, at: now, until: after(9)), .finished(by: theirs, handIn(), at: now, random: 0),
            .failed(by: theirs, Cause(.failed, ""), at: now, random: 0), .released(by: theirs, at: now),
            .claimed(Claim(owner: theirs, at: now, lease: .seconds(1)), recipe: recipe, studyIsBusy: false),
        ]
        for event in events {
            expectRefusal(.claimLost(holder: mine)) { () throws(Refusal) in
                var job = JobWorkflow.running()
                _ = try job.handle(event)
            }
        }
    }

    @Test("Defect 10: a start takes back what its own node held, and nothing of another's")
    func aStartTakesBackItsOwn() throws {
        var job = JobWorkflow.running()
        #expect(try job.handle(.nodeStarted("b", at: now, random: 0)) == [])
        #expect(job.state.name == .running)
        _ = try job.handle(.nodeStarted("a", at: now, random: 0))
        guard case .waiting(let waiting) = job.state else {
            Issue.record("it is \(job.state.name)")
            return
        }
        #expect(waiting.attempts.failures == 0 && waiting.attempts.unclear == 1)
    }

    @Test("Defect 10: a lease that runs out costs no try, by a clock jump not even a doubt", arguments: [false, true])
    func silence(_ clockJumped: Bool) throws {
        var job = JobWorkflow.running()
        #expect(try job.handle(.swept(at: after(120), clockJumped: clockJumped, random: 0)) == [])
        _ = try job.handle(.swept(at: after(121), clockJumped: clockJumped, random: 0))
        guard case .waiting(let waiting) = job.state else {
            Issue.record("it is \(job.state.name)")
            return
        }
        #expect(waiting.attempts.failures == 0 && waiting.attempts.unclear == (clockJumped ? 0 : 1))
    }

    @Test("A claim that was renewed under a clock since put back runs out too")
    func aClaimOfTheFutureRunsOut() {
        #expect(!claim.hasRunOut(at: after(-120)))
        #expect(claim.hasRunOut(at: after(-121)))
    }

    @Test("Defect 10: a finished result is taken late, by its owner or when nobody holds the job")
    func aFinishedResultIsNotThrownAway() throws {
        var late = JobWorkflow.running()
        _ = try late.handle(.finished(by: mine, handIn(), at: after(9999), random: 0))
        #expect(late.state.name == .done)
        var released = JobWorkflow.running()
        _ = try released.handle(.nodeStarted("a", at: now, random: 0))
        _ = try released.handle(.finished(by: mine, handIn(), at: now, random: 0))
        #expect(released.state.name == .done)
    }

    @Test("A study's jobs run one after the other")
    func oneJobAtATime() {
        expectRefusal(.studyBusy) { () throws(Refusal) in
            var job = JobWorkflow.waiting()
            _ = try job.handle(.claimed(claim, recipe: recipe, studyIsBusy: true))
        }
    }
}
