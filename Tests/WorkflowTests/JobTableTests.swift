import DICOMCore
import Testing

@testable import Workflow

@Suite("The table of a job: every state with every event")
struct JobTableTests {
    static let table = StateTable(
        """
                   |claimed|renewed|finished|failed |released|node started|swept  |hurried|superseded|image lost|result lost|retried|dropped
        waiting    |running|!      |done    |!      |!       |=           |=      |waiting|superseded|parked    |=          |waiting|dropped
        running    |!      |running|done    |waiting|waiting |waiting     |waiting|=      |running   |=         |=          |!      |!
        done       |!      |!      |!       |!      |!       |=           |=      |=      |done      |=         |waiting    |!      |!
        parked     |!      |!      |!       |!      |!       |=           |=      |=      |superseded|=         |=          |waiting|dropped
        superseded |!      |!      |!       |!      |!       |=           |=      |=      |=         |=         |=          |!      |!
        dropped    |!      |!      |!       |!      |!       |=           |=      |=      |superseded|=         |=          |waiting|!
        """)

    static let tried = Attempts(failures: 1, unclear: 0, putOff: 0, nextTry: now, cause: Cause(.failed, "x"))
    static let states: [JobWorkflow.State] = [
        .waiting(.init(attempts: tried)), .running(.init(claim: claim, attempts: tried)),
        .done(.init(verdict: .analysed, at: now)), .parked(.init(reason: "x", at: now, attempts: tried)),
        .superseded(.init(by: 3, at: now)), .dropped(.init(at: now)),
    ]
    static let handIn = JobWorkflow.HandIn(recipe: recipe, verdict: .analysed, results: images(first))
    static let events: [JobWorkflow.Event] = [
        .claimed(claim, recipe: recipe, studyIsBusy: false), .renewed(by: mine, at: after(30), until: after(150)),
        .finished(by: mine, handIn, at: now, random: 0),
        .failed(by: mine, Cause(.failed, "x"), at: now, random: 0), .released(by: mine, at: now),
        .nodeStarted("a", at: now, random: 0), .swept(at: after(121), clockJumped: false, random: 0),
        .hurried(at: after(1)),
        .superseded(by: 3, at: now), .imagesLost([first], at: now),
        .resultLost(results: images(first), recipe: recipe, at: now), .retried(at: after(1)), .dropped(at: now),
    ]

    /// Exhaustive, so that a new event asks for its column.
    static func column(_ event: JobWorkflow.Event) -> String {
        switch event {
        case .claimed: "claimed"
        case .renewed: "renewed"
        case .finished: "finished"
        case .failed: "failed"
        case .released: "released"
        case .nodeStarted: "node started"
        case .swept: "swept"
        case .hurried: "hurried"
        case .superseded: "superseded"
        case .imagesLost: "image lost"
        case .resultLost: "result lost"
        case .retried: "retried"
        case .dropped: "dropped"
        }
    }

    static func job(_ state: JobWorkflow.State) -> JobWorkflow {
        JobWorkflow(revision: 2, recipe: recipe, state: state)
    }

    @Test("Each event leads where the table says, or is refused and changes nothing")
    func everyTransition() {
        Self.table.check(
            Self.states.map { ($0.name.rawValue, Self.job($0)) }, Self.events.map { (Self.column($0), $0) },
            handle: { (job, event) throws(Refusal) in try job.handle(event).count }, name: \.state.name.rawValue)
    }

    @Test(
        "Only a job that is done or superseded stays where it is", arguments: JobTableTests.states.map(\.name.rawValue))
    func noStateIsAnEndForNothing(_ state: String) {
        #expect(Self.table.leaves(state) == (state != "superseded"))
    }

    @Test("No order of events, times and numbers makes a job trap")
    func walks() {
        var random = FixedRandom()
        let times = [Timestamp(milliseconds: .min), now, Timestamp(milliseconds: .max)]
        let shares = [Double.nan, -1, 0, .infinity]
        let odd: [JobWorkflow.Event] = times.flatMap { time in
            shares.flatMap { share -> [JobWorkflow.Event] in
                [
                    .failed(by: mine, Cause(.killed, ""), at: time, random: share),
                    .swept(at: time, clockJumped: true, random: share), .superseded(by: .max, at: time),
                    .claimed(
                        Claim(owner: mine, at: time, lease: .seconds(Int64.max)), recipe: recipe, studyIsBusy: false),
                ]
            }
        }
        let events = Self.events + odd
        let rows = Attempts(failures: .max, unclear: .min, putOff: .max, nextTry: times[2], cause: nil)
        var job = Self.job(.waiting(.init(attempts: rows)))
        for _ in 0..<20_000 {
            _ = try? job.handle(events[Int.random(in: events.indices, using: &random)])
            if case .superseded = job.state { job = Self.job(.waiting(.init(attempts: rows))) }
        }
    }
}
