import DICOMCore
import Testing

@testable import Workflow

@Suite("The table of a set-aside object, and what it means")
struct AsideTests {
    static let table = StateTable(
        """
                               |claimed  |renewed  |compared|failed |released|node started|swept  |hurried|kept lost   |kept changed|file lost|repaired|accepted |retried|dropped
        waiting                |comparing|!        |!       |!      |!       |=           |=      |waiting|incomparable|=           |lost     |=       |different|waiting|dropped
        comparing              |!        |comparing|same    |waiting|waiting |waiting     |waiting|=      |incomparable|waiting     |lost     |=       |different|!      |dropped
        different              |!        |!        |!       |!      |!       |=           |=      |=      |incomparable|waiting     |lost     |=       |different|waiting|dropped
        incomparable           |!        |!        |!       |!      |!       |=           |=      |=      |incomparable|waiting     |lost     |=       |different|waiting|dropped
        incomparable: kept lost|!        |!        |!       |!      |!       |=           |=      |=      |=           |waiting     |lost     |=       |different|!      |dropped
        lost                   |!        |!        |!       |!      |!       |=           |=      |=      |=           |=           |=        |waiting |!        |!      |dropped
        same                   |!        |!        |!       |!      |!       |=           |=      |=      |=           |=           |=        |=       |!        |!      |!
        accepted               |!        |!        |!       |!      |!       |=           |=      |=      |=           |=           |=        |=       |!        |!      |!
        dropped                |!        |!        |!       |!      |!       |=           |=      |=      |=           |=           |=        |=       |!        |!      |!
        """)

    static let tried = JobTableTests.tried
    static let states: [(name: String, machine: AsideWorkflow)] = [
        ("waiting", .waiting(.init(attempts: tried))), ("comparing", .comparing(.init(claim: claim, attempts: tried))),
        ("different", .different(.init(reason: "x"))), ("incomparable", .incomparable(.init(reason: .content("x")))),
        ("incomparable: kept lost", .incomparable(.init(reason: .keptLost))), ("lost", .lost(.init(at: now))),
        ("same", .same), ("accepted", .accepted), ("dropped", .dropped),
    ].map { (name: String, state: AsideWorkflow.State) in (name, AsideWorkflow(state: state)) }

    static let events: [AsideWorkflow.Event] = [
        .claimed(claim), .renewed(by: mine, at: after(30), until: after(150)), .compared(by: mine, .equal),
        .failed(by: mine, Cause(.crashed, "signal 11"), at: now, random: 0), .released(by: mine, at: now),
        .nodeStarted("a", at: now, random: 0), .swept(at: after(121), clockJumped: false, random: 0),
        .hurried(at: after(1)), .keptLost,
        .keptChanged(at: now), .fileLost(at: now), .repaired(at: now), .accepted(keptIsThere: true),
        .retried(at: after(1)), .dropped,
    ]

    /// Exhaustive, so that a new event asks for its column.
    static func column(_ event: AsideWorkflow.Event) -> String {
        switch event {
        case .claimed: "claimed"
        case .renewed: "renewed"
        case .compared: "compared"
        case .failed: "failed"
        case .released: "released"
        case .nodeStarted: "node started"
        case .swept: "swept"
        case .hurried: "hurried"
        case .keptLost: "kept lost"
        case .keptChanged: "kept changed"
        case .fileLost: "file lost"
        case .repaired: "repaired"
        case .accepted: "accepted"
        case .retried: "retried"
        case .dropped: "dropped"
        }
    }

    private func aside(_ name: String) -> AsideWorkflow {
        Self.states.first { $0.name == name }?.machine ?? AsideWorkflow(state: .same)
    }

    @Test("Each event leads where the table says, or is refused and changes nothing")
    func everyTransition() {
        Self.table.check(
            Self.states, Self.events.map { (Self.column($0), $0) },
            handle: { (aside, event) throws(Refusal) in try aside.handle(event).count }, name: \.state.name.rawValue)
    }

    @Test("Only what goes stays where it is", arguments: AsideTests.states.map(\.name))
    func everyStateIsLeft(_ state: String) {
        #expect(Self.table.leaves(state) == !aside(state).state.isFinal)
    }

    @Test("Equal content is the same object and goes; the rest stays visible")
    func verdicts() throws {
        var equal = aside("comparing")
        #expect(try equal.handle(.compared(by: mine, .equal)).first == .remove)
        var different = aside("comparing")
        #expect(try different.handle(.compared(by: mine, .different("(7fe0,0010) differs"))).count == 1)
        #expect(different.state == .different(.init(reason: "(7fe0,0010) differs")))
        var incomparable = aside("comparing")
        _ = try incomparable.handle(.compared(by: mine, .incomparable("no image")))
        #expect(incomparable.state == .incomparable(.init(reason: .content("no image"))))
    }

    @Test("Three workers that die of comparing make it incomparable; the node's troubles never do")
    func causes() throws {
        for (kind, state) in [(Cause.Kind.crashed, "incomparable"), (.databaseLocked, "waiting")] {
            var aside = AsideWorkflow(setAsideAt: now, keptIsLost: false)
            for _ in 1...3 {
                guard case .waiting(let waiting) = aside.state else { break }
                let time = waiting.attempts.nextTry
                _ = try aside.handle(.claimed(Claim(owner: mine, at: time, lease: .seconds(60))))
                _ = try aside.handle(.failed(by: mine, Cause(kind, "x"), at: time, random: 0))
            }
            #expect(aside.state.name.rawValue == state)
        }
    }

    @Test("A claim is its owner's, and a start takes back its own only")
    func claimsAreTheirOwners() throws {
        var aside = aside("comparing")
        #expect(try aside.handle(.nodeStarted("b", at: now, random: 0)) == [])
        expectRefusal(.claimLost(holder: mine)) { () throws(Refusal) in
            _ = try aside.handle(.compared(by: theirs, .equal))
        }
        #expect(aside.state.name == .comparing)
    }

    @Test("A verdict about bytes that are no longer the kept ones is not taken")
    func aStaleVerdict() throws {
        var aside = aside("comparing")
        _ = try aside.handle(.keptChanged(at: now))
        expectRefusal(.claimLost(holder: nil)) { () throws(Refusal) in
            _ = try aside.handle(.compared(by: mine, .equal))
        }
    }

    @Test("Defect 6: the good copy can be put in the place of a kept object that is gone", arguments: [0, 1, 2, 3, 4])
    func theGoodCopyIsAccepted(_ index: Int) throws {
        var aside = Self.states[index].machine
        _ = try aside.handle(.keptLost)
        #expect(try aside.handle(.accepted(keptIsThere: false)).first == .replaceKept)
        #expect(aside.state == .accepted)
    }

    @Test("Defect 6: where the kept object is there, the two change places and nothing vanishes")
    func acceptingExchanges() throws {
        var aside = aside("different")
        #expect(try aside.handle(.accepted(keptIsThere: true)).first == .exchangeWithKept)
        #expect(aside.state.name == .different)
    }

    @Test("What is set aside beside a kept object that is gone waits for the operator")
    func setAsideBesideNothing() throws {
        var aside = AsideWorkflow(setAsideAt: now, keptIsLost: true)
        #expect(aside.state == .incomparable(.init(reason: .keptLost)))
        _ = try aside.handle(.keptChanged(at: now))
        #expect(aside.state.name == .waiting)
    }
}
