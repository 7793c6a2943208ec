import Testing

@testable import Workflow

@Suite("The table of a notice, and of what one is made")
struct NoticeTests {
    static let table = StateTable(
        """
                  |accepted |failed |refused|hurried|retried|dropped
        waiting   |delivered|waiting|dead   |waiting|waiting|dropped
        delivered |=        |!      |!      |=      |!      |!
        dead      |delivered|!      |!      |=      |waiting|dropped
        dropped   |delivered|!      |!      |=      |waiting|!
        """)

    static let tried = JobTableTests.tried
    static let down = Cause(.destination, "connection refused")
    static let states: [(name: String, machine: NoticeWorkflow)] = [
        .waiting(tried), .delivered(at: now), .dead(reason: "404", tried), .dropped,
    ].map { (state: NoticeWorkflow.State) in (state.name.rawValue, NoticeWorkflow(receiver: "pager", state: state)) }
    static let events: [NoticeWorkflow.Event] = [
        .accepted(at: now), .failed(down, at: now, random: 0), .refused(reason: "404"), .hurried(at: after(1)),
        .retried(at: after(2)), .dropped,
    ]

    /// Exhaustive, so that a new event asks for its column.
    static func column(_ event: NoticeWorkflow.Event) -> String {
        switch event {
        case .accepted: "accepted"
        case .failed: "failed"
        case .refused: "refused"
        case .hurried: "hurried"
        case .retried: "retried"
        case .dropped: "dropped"
        }
    }

    @Test("Each event leads where the table says, or is refused and changes nothing")
    func everyTransition() {
        Self.table.check(
            Self.states, Self.events.map { (Self.column($0), $0) },
            handle: { (notice, event) throws(Refusal) in try notice.handle(event).count }, name: \.state.name.rawValue)
    }

    @Test("A receiver that is down keeps a notice waiting, later and later, and is written down once")
    func aDeadReceiver() throws {
        var notice = NoticeWorkflow(receiver: "pager", state: .waiting(Attempts(from: now)))
        var notes = 0
        for _ in 1...50 {
            guard case .waiting(let attempts) = notice.state else { break }
            notes += try notice.handle(.failed(Self.down, at: attempts.nextTry, random: 0)).count
        }
        #expect(notice.state.name == .waiting && notes == 1)
    }

    @Test("A rule takes the outcomes and levels that it names, and of several findings the most urgent")
    func rules() {
        let findings = [
            NoticeRule.Subject(outcome: "review"), NoticeRule.Subject(outcome: "lung_opacity", triage: 2),
            NoticeRule.Subject(outcome: "covid19", triage: 1), NoticeRule.Subject(outcome: "covid19", triage: 2),
        ]
        #expect(NoticeRule().choice(among: findings) == findings[2])
        #expect(NoticeRule(levels: [2]).choice(among: findings) == findings[1])
        #expect(NoticeRule(outcomes: ["review"]).choice(among: findings) == findings[0])
        #expect(NoticeRule(outcomes: ["review"], levels: [3]).choice(among: findings) == nil)
        #expect(NoticeRule(outcomes: ["covid19"], levels: [2, 3]).choice(among: findings) == findings[3])
    }
}
