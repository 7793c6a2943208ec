import DICOMCore
import Testing

@testable import Workflow

@Suite("The table of a delivery, and what it means")
struct DeliveryTests {
    static let table = StateTable(
        """
                  |claimed|renewed|accepted |failed |class not taken|refused|released|node started|swept  |hurried|removed|object lost|subject gone|retried|dropped
        waiting   |sending|!      |delivered|!      |!              |!      |!       |=           |=      |waiting|waiting|dead       |dropped     |waiting|dropped
        sending   |!      |sending|delivered|waiting|waiting        |dead   |waiting |waiting     |waiting|=      |=      |=          |=           |!      |!
        delivered |!      |!      |=        |!      |!              |!      |!       |=           |=      |=      |=      |=          |=           |!      |!
        dead      |!      |!      |delivered|!      |!              |!      |!       |=           |=      |=      |=      |=          |=           |waiting|dropped
        dropped   |!      |!      |delivered|!      |!              |!      |!       |=           |=      |=      |=      |=          |=           |waiting|!
        """)

    static let comprehensive = Rendition(sopClass: SOPClass.comprehensive3DSRStorage.uid, language: LanguageTag("en"))
    static let enhanced = Rendition(sopClass: SOPClass.enhancedSRStorage.uid, language: LanguageTag("en"))
    static let preference = RenditionPreference(classes: [comprehensive.sopClass, enhanced.sopClass])
    static let tried = JobTableTests.tried
    static let states: [(name: String, machine: DeliveryWorkflow)] = [
        .waiting(.init(rendition: comprehensive, attempts: tried)),
        .sending(.init(claim: claim, rendition: comprehensive, attempts: tried)),
        .delivered(.init(rendition: comprehensive, warning: nil, at: now)),
        .dead(.init(rendition: comprehensive, reason: "0xC000", attempts: tried)),
        .dropped(.init(rendition: comprehensive)),
    ].map { (state: DeliveryWorkflow.State) in
        (state.name.rawValue, DeliveryWorkflow(document: Document(.report), destination: "pacs", state: state))
    }

    static let down = Cause(.destination, "connection refused")
    static let events: [DeliveryWorkflow.Event] = [
        .claimed(claim), .renewed(by: mine, at: after(30), until: after(150)),
        .accepted(comprehensive, warning: "0xB000", at: now), .failed(by: mine, down, at: now, random: 0),
        .classNotTaken(by: mine, reason: "no", made: [comprehensive, enhanced], preference, at: now),
        .refused(by: mine, reason: "0xC000"), .released(by: mine, at: now), .nodeStarted("a", at: now, random: 0),
        .swept(at: after(121), clockJumped: false, random: 0), .hurried(at: after(1)), .destinationRemoved, .objectLost,
        .subjectGone,
        .retried(at: after(1)), .dropped,
    ]

    /// Exhaustive, so that a new event asks for its column.
    static func column(_ event: DeliveryWorkflow.Event) -> String {
        switch event {
        case .claimed: "claimed"
        case .renewed: "renewed"
        case .accepted: "accepted"
        case .failed: "failed"
        case .classNotTaken: "class not taken"
        case .refused: "refused"
        case .released: "released"
        case .nodeStarted: "node started"
        case .swept: "swept"
        case .hurried: "hurried"
        case .destinationRemoved: "removed"
        case .objectLost: "object lost"
        case .subjectGone: "subject gone"
        case .retried: "retried"
        case .dropped: "dropped"
        }
    }

    private func delivery(_ name: String) -> DeliveryWorkflow {
        Self.states.first { $0.name == name }?.machine ?? Self.states[0].machine
    }

    @Test("Each event leads where the table says, or is refused and changes nothing")
    func everyTransition() {
        Self.table.check(
            Self.states, Self.events.map { (Self.column($0), $0) },
            handle: { (delivery, event) throws(Refusal) in try delivery.handle(event).count },
            name: \.state.name.rawValue)
    }

    @Test("Only what is delivered stays where it is", arguments: DeliveryTests.states.map(\.name))
    func everyStateIsLeft(_ state: String) {
        #expect(Self.table.leaves(state) == (state != "delivered"))
    }

    @Test("A destination that is down for a week keeps the delivery waiting, later and later, and is noted once")
    func aDeadDestination() throws {
        var delivery = delivery("waiting")
        var notes = 0
        for _ in 1...700 {
            guard case .waiting(let waiting) = delivery.state else { break }
            let time = waiting.attempts.nextTry
            _ = try delivery.handle(.claimed(Claim(owner: mine, at: time, lease: .seconds(60))))
            notes += try delivery.handle(.failed(by: mine, Self.down, at: time, random: 0)).count
        }
        #expect(delivery.state.name == .waiting && notes == 1)
    }

    @Test("A document is first sent as the destination likes it best, then as the next, then it is dead")
    func fallingBack() throws {
        let made = [Self.enhanced, Self.comprehensive]
        var delivery = try #require(
            DeliveryWorkflow(
                document: Document(.report), destination: "pacs", made: made, Self.preference, at: now))
        #expect(delivery.state.rendition == Self.comprehensive)
        for expected in ["waiting", "dead"] {
            _ = try delivery.handle(.claimed(claim))
            let actions = try delivery.handle(
                .classNotTaken(by: mine, reason: "no", made: made, Self.preference, at: now))
            #expect(delivery.state.name.rawValue == expected && delivery.state.rendition == Self.enhanced)
            #expect(actions.contains(.settle) == (expected == "dead"))
        }
    }

    @Test("A refusal is a try that ended without success, and is counted")
    func theRefusalCounts() throws {
        var delivery = try #require(Self.states.first { $0.name == "sending" }).machine
        _ = try delivery.handle(.refused(by: mine, reason: "0xC000"))
        guard case .dead(let dead) = delivery.state else {
            Issue.record("\(delivery.state)")
            return
        }
        #expect(dead.attempts.failures == Self.tried.failures + 1 && dead.reason == "0xC000")
    }

    @Test("A document that was made in no form has no delivery")
    func nothingMade() {
        #expect(
            DeliveryWorkflow(document: Document(.report), destination: "pacs", made: [], Self.preference, at: now)
                == nil)
    }

    @Test("What a destination accepted is delivered, whoever held the claim and whatever was decided meanwhile")
    func acceptedIsAFact() throws {
        for state in Self.states where state.name != "delivered" {
            var delivery = state.machine
            let actions = try delivery.handle(.accepted(Self.comprehensive, warning: nil, at: after(5)))
            #expect(delivery.state == .delivered(.init(rendition: Self.comprehensive, warning: nil, at: after(5))))
            #expect(actions.last == .settle)
        }
    }

    @Test("A claim is its owner's, and a start takes back its own only")
    func claimsAreTheirOwners() throws {
        var delivery = delivery("sending")
        #expect(try delivery.handle(.nodeStarted("b", at: now, random: 0)) == [])
        expectRefusal(.claimLost(holder: mine)) { () throws(Refusal) in
            _ = try delivery.handle(.refused(by: theirs, reason: "0xC000"))
        }
    }

    @Test("A waiting delivery whose destination is gone says so, and goes on when it is back")
    func aRemovedDestination() throws {
        var delivery = delivery("waiting")
        _ = try delivery.handle(.destinationRemoved)
        guard case .waiting(let waiting) = delivery.state else {
            Issue.record("it is \(delivery.state.name)")
            return
        }
        #expect(waiting.attempts.cause?.text.hasPrefix("no destination has this name") == true)
        _ = try delivery.handle(.claimed(claim))
        #expect(delivery.state.name == .sending)
    }

    @Test("A note is sent only when its object is there, and is not tried again when that does not come")
    func aNoteFollowsItsObject() throws {
        for subject in [DeliveryWorkflow.Subject.coming, .gone] {
            expectRefusal(.subject) { () throws(Refusal) in
                var note = Self.states[0].machine
                _ = try note.handle(.claimed(claim, about: subject))
            }
        }
        for name in ["waiting", "dead", "dropped"] {
            expectRefusal(.subject) { () throws(Refusal) in
                var note = self.delivery(name)
                _ = try note.handle(.retried(at: now, about: .gone))
            }
            var note = self.delivery(name)
            _ = try note.handle(.retried(at: now, about: .coming))
            #expect(note.state.name == .waiting)
        }
    }

    @Test("Whatever keeps a form from a destination calls off the notes on it")
    func notesAreCalledOff() throws {
        let made = [Self.comprehensive, Self.enhanced]
        let events: [(String, DeliveryWorkflow.Event)] = [
            ("sending", .classNotTaken(by: mine, reason: "no", made: made, Self.preference, at: now)),
            ("sending", .refused(by: mine, reason: "0xC000")), ("waiting", .objectLost), ("waiting", .dropped),
        ]
        for (name, event) in events {
            var note = self.delivery(name)
            #expect(try note.handle(event).contains(.callOffNotes), "\(Self.column(event))")
        }
        var note = self.delivery("sending")
        let actions = try note.handle(.failed(by: mine, Self.down, at: now, random: 0))
        #expect(!actions.contains(.callOffNotes), "it is tried again")
    }
}
