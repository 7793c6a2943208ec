import DICOMCore
import Testing

@testable import Workflow

@Suite("The table of a study: every state with every event")
struct StudyTableTests {
    static let table = StateTable(
        """
                            |image    |other    |ours          |forced   |closing due|settled  |earlier settled|image lost|recipe   |retried  |dropped
        receiving           |receiving|receiving|receiving     |receiving|waiting    |!        |!              |failed    |=        |!        |!
        receiving again     |receiving|receiving|receiving     |receiving|analysed   |receiving|=              |failed    |=        |!        |!
        waiting             |receiving|=        |waiting       |receiving|=          |reported |=              |failed    |receiving|waiting  |failed
        waiting: runs       |receiving|=        |waiting       |receiving|=          |reported |=              |failed    |=        |!        |!
        analysed            |receiving|=        |analysed      |receiving|=          |reported |=              |analysed  |=        |!        |!
        reported            |receiving|=        |reported      |receiving|=          |=        |=              |reported  |=        |!        |!
        not analysable      |receiving|=        |not analysable|receiving|=          |reported |=              |failed    |=        |receiving|!
        no image            |receiving|=        |not analysable|receiving|=          |!        |!              |failed    |=        |receiving|!
        failed: parked      |receiving|=        |failed        |receiving|=          |reported |=              |failed    |=        |waiting  |failed
        failed: dropped     |receiving|=        |failed        |receiving|=          |reported |=              |failed    |=        |waiting  |!
        failed: results lost|receiving|=        |failed        |receiving|=          |reported |=              |failed    |=        |receiving|!
        failed: file lost   |receiving|=        |failed        |receiving|=          |!        |!              |failed    |=        |receiving|!
        """)

    static let reported = Standing.done(.analysed, DeliveryCount(delivered: 2))

    static func revision(_ standing: Standing) -> Revision {
        Revision(number: 2, recipe: recipe, madeAt: now, madeBy: "a", standing: standing)
    }

    static func open(_ revision: Revision?, _ reason: StudyWorkflow.Opening = .arrivals) -> StudyWorkflow {
        StudyWorkflow(state: .receiving(.init(openedAt: now, lastArrival: now, reason: reason, revision: revision)))
    }

    static func closed(_ standing: Standing) -> StudyWorkflow { StudyWorkflow(state: .closed(revision(standing))) }

    static let states: [(name: String, machine: StudyWorkflow)] = [
        ("receiving", open(nil)),
        ("receiving again", open(revision(.done(.analysed, DeliveryCount(waiting: 1))))),
        ("waiting", closed(.waiting)), ("waiting: runs", closed(.running)),
        ("analysed", closed(.done(.analysed, DeliveryCount()))), ("reported", closed(reported)),
        ("not analysable", closed(.done(.notAnalysable(reason: "x"), DeliveryCount()))),
        ("no image", StudyWorkflow(state: .notAnalysable(.init(reason: "x", revision: nil)))),
        ("failed: parked", closed(.parked(reason: "x"))), ("failed: dropped", closed(.dropped)),
        ("failed: results lost", closed(.resultsLost)),
        ("failed: file lost", StudyWorkflow(state: .failed(.init(reason: "x", revision: nil)))),
    ]

    static let image = Provenance(maker: .other, imageKind: .radiograph)
    static let contents = Contents(images: images(first))

    /// Closing a study whose newest revision, if there is one, was made from `former`.
    static func closing(
        _ contents: Contents, former: Contents? = contents, _ recipe: Recipe = recipe, at time: Timestamp = after(60)
    ) -> StudyWorkflow.Event {
        .closingDue(.init(contents, former: former, recipe: recipe, node: "a", at: time))
    }

    static let events: [StudyWorkflow.Event] = [
        .arrived(.init(image, at: after(1))), .arrived(.init(.init(maker: .other, imageKind: nil), at: after(1))),
        .arrived(.init(.init(maker: .anotherNode, imageKind: .secondaryCapture), at: after(1))),
        .forced(at: after(1)), closing(contents),
        .settled(revision: 2, reported, at: after(1)), .settled(revision: 1, reported, at: after(1)),
        .objectLost(first, isImage: true, at: after(1)), .recipeInForce(otherRecipe, node: "a", at: after(1)),
        .retried(recipe: recipe, at: after(1)), .dropped(at: after(1)),
    ]

    /// Exhaustive, so that a new event asks for its column.
    static func column(_ event: StudyWorkflow.Event) -> String {
        switch event {
        case .arrived(let arrival) where arrival.provenance.isOurs: "ours"
        case .arrived(let arrival): arrival.provenance.isImageToAnalyse ? "image" : "other"
        case .forced: "forced"
        case .closingDue: "closing due"
        case .settled(let revision, _, _): revision == 2 ? "settled" : "earlier settled"
        case .objectLost: "image lost"
        case .recipeInForce: "recipe"
        case .retried: "retried"
        case .dropped: "dropped"
        }
    }

    @Test("Each event leads where the table says, or is refused and changes nothing")
    func everyTransition() {
        Self.table.check(
            Self.states, Self.events.map { (Self.column($0), $0) },
            handle: { (study, event) throws(Refusal) in try study.handle(event).count }, name: \.state.name.rawValue)
    }

    @Test("There is no state that nobody leaves", arguments: StudyTableTests.states.map(\.name))
    func everyStateIsLeft(_ state: String) {
        #expect(Self.table.leaves(state))
    }

    @Test(
        "A file that is no image is noted when it is lost, and changes nothing",
        arguments: StudyTableTests.states.indices)
    func aLostPresentationState(_ index: Int) throws {
        var study = Self.states[index].machine
        let before = study
        let actions = try study.handle(.objectLost(second, isImage: false, at: now))
        #expect(study == before && actions.count == 1)
    }

    // MARK: Closing

    /// What becomes of a study whose objects are those of its newest revision, by that one's standing and by why the
    /// study is open: the revision is kept, its job is tried again, or a new one is made.
    static let closings = StateTable(
        """
                      |arrivals|arrivals, other recipe|renewal|renewal, other recipe|forced |forced, other recipe
        waiting       |kept    |new                   |kept   |new                  |kept   |new
        running       |kept    |kept                  |kept   |new                  |kept   |new
        analysed      |kept    |kept                  |kept   |new                  |kept   |new
        not analysable|new     |new                   |new    |new                  |new    |new
        results lost  |new     |new                   |new    |new                  |new    |new
        parked        |retried |new                   |retried|new                  |retried|new
        dropped       |kept    |kept                  |retried|new                  |retried|new
        """)

    static let standings: [(name: String, standing: Standing)] = [
        ("waiting", .waiting), ("running", .running), ("analysed", reported),
        ("not analysable", .done(.notAnalysable(reason: "x"), DeliveryCount())), ("results lost", .resultsLost),
        ("parked", .parked(reason: "x")), ("dropped", .dropped),
    ]

    @Test("Closing with nothing new keeps, retries or renews the newest revision as the table says")
    func everyClosing() throws {
        for (row, standing) in zip(Self.closings.rows, Self.standings) {
            #expect(row.state == standing.name)
            var cells: [String] = []
            for reason in StudyWorkflow.Opening.allCases {
                for recipe in [recipe, otherRecipe] {
                    var study = Self.open(Self.revision(standing.standing), reason)
                    let actions = try study.handle(Self.closing(Self.contents, recipe))
                    cells.append(Self.outcome(actions))
                    #expect(study.state.name != .receiving, "closing \(row.state) leaves it open")
                }
            }
            #expect(cells == row.cells, "\(row.state)")
        }
    }

    private static func outcome(_ actions: [StudyWorkflow.Action]) -> String {
        for action in actions {
            switch action {
            case .makeJob: return "new"
            case .retryJob: return "retried"
            case .open, .supersede, .dropJob, .loseImages, .note: continue
            }
        }
        return "kept"
    }

    @Test("No order of events and numbers makes a study trap, and closing always closes")
    func walks() {
        var random = FixedRandom()
        var events = Self.events
        for time in [Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] {
            events += [
                Self.closing(Contents(images: images(first, second)), otherRecipe, at: time),
                Self.closing(Contents(images: [:], missing: [first]), former: nil, at: time),
                Self.closing(Contents(images: [:]), at: time),
                .settled(revision: .max, .running, at: time), .settled(revision: .min, .resultsLost, at: time),
                .settled(revision: 3, .parked(reason: ""), at: time), .settled(revision: 4, .dropped, at: time),
                .arrived(.init(Self.image, repairs: true, at: time)),
            ]
        }
        for number in [2, Int.max, Int.min, 0] {
            var revision = Self.revision(.waiting)
            revision.number = number
            var study = Self.open(revision)
            for _ in 0..<5000 {
                let event = events[Int.random(in: events.indices, using: &random)]
                let isRefused = (try? study.handle(event)) == nil
                if case .closingDue = event, !isRefused { #expect(study.state.name != .receiving) }
            }
        }
    }
}
