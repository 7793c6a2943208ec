import DICOMCore
import Testing
import Workflow

@testable import Gateway

struct AssemblyPlanTests {
    private let study = UID(known: "1.2.3")
    private let other = UID(known: "1.2.4")

    private func plan() -> AssemblyPlan {
        AssemblyPlan(settings: AssemblyPlan.Settings(quietTime: .seconds(30), longestWait: .seconds(100)))
    }

    @Test func aStudyClosesWhenNothingCameForTheQuietTime() {
        var plan = plan()
        #expect(plan.arrived(study, at: .seconds(0)) == true)
        #expect(plan.arrived(study, at: .seconds(20)) == false)
        #expect(plan.nextDeadline == .seconds(50))
        #expect(plan.advance(to: .seconds(49)) == [])
        #expect(plan.advance(to: .seconds(50)) == [study])
        #expect(plan.advance(to: .seconds(1000)) == [])
    }

    @Test func aStudyThatNeverRestsClosesAfterTheLongestWait() {
        var plan = plan()
        for second in stride(from: 0, through: 99, by: 3) { _ = plan.arrived(study, at: .seconds(second)) }
        #expect(plan.advance(to: .seconds(99)) == [])
        #expect(plan.advance(to: .seconds(100)) == [study])
    }

    @Test func aForcedStudyClosesAtOnceAndAlone() {
        var plan = plan()
        _ = plan.arrived(study, at: .seconds(0))
        _ = plan.arrived(other, at: .seconds(0))
        plan.force(study, at: .seconds(1))
        #expect(plan.advance(to: .seconds(1)) == [study])
        #expect(plan.studies == [other])
    }

    @Test func aLateImageOpensTheStudyAgain() {
        var plan = plan()
        _ = plan.arrived(study, at: .seconds(0))
        _ = plan.advance(to: .seconds(30))
        #expect(plan.arrived(study, at: .seconds(40)) == true)
        #expect(plan.nextDeadline == .seconds(70))
    }

    @Test func aClosingThatFailedIsTriedAgainAfterAWhile() {
        var plan = plan()
        _ = plan.arrived(study, at: .seconds(0))
        #expect(plan.advance(to: .seconds(30)) == [study])
        plan.closingFailed(study, at: .seconds(30), retryAfter: .seconds(10))
        #expect(plan.advance(to: .seconds(39)) == [])
        #expect(plan.advance(to: .seconds(40)) == [study])
    }
}

struct BackoffTests {
    @Test func waitsDoubleUpToTheLongest() {
        let backoff = Backoff(first: .seconds(5), longest: .seconds(60), jitter: 0)
        let waits = (1...6).map { backoff.delay(afterTries: $0, random: 0.9) }
        #expect(waits == [5, 10, 20, 40, 60, 60].map { .seconds($0) })
        #expect(backoff.delay(afterTries: .max, random: 0) == .seconds(60))
    }

    @Test func jitterTakesOffAShare() {
        let backoff = Backoff(first: .seconds(8), longest: .seconds(60), jitter: 0.5)
        #expect(backoff.delay(afterTries: 1, random: 0) == .seconds(8))
        #expect(backoff.delay(afterTries: 1, random: 0.5) == .seconds(6))
    }

    @Test func aWorkerThatDiesYoungIsReplacedMoreAndMoreSlowly() {
        var policy = RestartPolicy()
        let waits = (0..<9).map { _ in policy.ended(after: .seconds(1)) }
        #expect(waits == [0, 1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        #expect(policy.ended(after: .seconds(31)) == .zero)
        #expect(policy.ended(after: .seconds(1)) == .zero)
    }
}
