import DICOMCore
import Testing

@testable import Workflow

@Suite("What makes a revision of a study, and what does not")
struct StudyRuleTests {
    private typealias Table = StudyTableTests
    private let both = Contents(images: images(first, second))

    private func made(_ actions: [StudyWorkflow.Action]) -> Revision? {
        for case .makeJob(let revision, _) in actions { return revision }
        return nil
    }

    private func close(
        _ study: inout StudyWorkflow, _ contents: Contents, former: Contents? = StudyTableTests.contents,
        _ recipe: Recipe = recipe, at time: Timestamp = after(60)
    ) throws -> Revision? {
        made(try study.handle(Table.closing(contents, former: former, recipe, at: time)))
    }

    @Test("The first object opens a study, and closing it makes revision 1")
    func theFirstRevision() throws {
        var study = StudyWorkflow(first: .init(Table.image, at: now))
        #expect(study.state.name == .receiving)
        let actions = try study.handle(Table.closing(both, former: nil))
        let revision = Revision(number: 1, recipe: recipe, madeAt: after(60), madeBy: "a")
        #expect(actions.first == .makeJob(revision, from: both))
        #expect(study.state == .waiting(.init(revision)))
    }

    @Test("A study without an image is not analysable, and says so")
    func noImage() throws {
        var study = Table.open(nil)
        let actions = try study.handle(Table.closing(Contents(images: [:]), former: nil))
        #expect(made(actions) == nil && actions.count == 1 && study.state.name == .notAnalysable)
    }

    @Test("Defect 2: the operator brings a study back that a worker called not analysable", arguments: [false, true])
    func notAnalysableIsNotForEver(_ forced: Bool) throws {
        var study = Table.closed(.done(.notAnalysable(reason: "x"), DeliveryCount()))
        let event: StudyWorkflow.Event = forced ? .forced(at: now) : .retried(recipe: recipe, at: now)
        #expect(try study.handle(event).first == .open(forced ? .forced : .renewal))
        #expect(try close(&study, Table.contents)?.number == 3)
    }

    // MARK: Recipes (defects 3 and 8)

    @Test("Defect 3: a waiting job that its node's workers can't do gives way to one that they can")
    func aChangedRecipeRenewsWhatWaits() throws {
        var study = Table.closed(.waiting)
        #expect(try study.handle(.recipeInForce(recipe, node: "a", at: now)) == [])
        #expect(try study.handle(.recipeInForce(otherRecipe, node: "b", at: now)) == [])
        #expect(try study.handle(.recipeInForce(otherRecipe, node: "a", at: now)) == [.open(.renewal)])
        let actions = try study.handle(Table.closing(Table.contents, otherRecipe))
        #expect(actions.contains(.supersede(revision: 2, by: 3)))
        #expect(made(actions)?.recipe == otherRecipe)
    }

    @Test("Defect 3: results that can't be made again as they were make a new revision")
    func lostResultsMakeARevision() throws {
        var study = Table.closed(Table.reported)
        #expect(try study.handle(.settled(revision: 2, .resultsLost, at: now)) == [.open(.renewal)])
        #expect(try close(&study, Table.contents)?.number == 3)
        #expect(try study.handle(.settled(revision: 2, .resultsLost, at: now)) == [])
    }

    @Test(
        "Defect 8: after a change of recipe, what comes late to a finished study makes no revision",
        arguments: [Provenance(maker: .other, imageKind: nil), Provenance(maker: .thisNode, imageKind: nil)])
    func lateObjectsMakeNoRevision(_ provenance: Provenance) throws {
        var study = Table.closed(Table.reported)
        let before = study
        let actions = try study.handle(.arrived(.init(provenance, at: after(1))))
        #expect(!actions.contains { if case .open = $0 { true } else { false } })
        #expect(try close(&study, Table.contents, otherRecipe) == nil)
        #expect(study == before)
    }

    @Test("Defect 8: a lost image that comes again makes no revision of a report that stands")
    func aRepairMakesNoRevision() throws {
        var study = Table.closed(Table.reported)
        #expect(
            try study.handle(.arrived(.init(Table.image, repairs: true, at: after(1)))).first == .open(.arrivals))
        #expect(try close(&study, Table.contents, otherRecipe) == nil)
        #expect(study == Table.closed(Table.reported))
    }

    @Test("Another recipe makes a revision when the operator asks for it")
    func theOperatorMayRenew() throws {
        var study = Table.closed(Table.reported)
        _ = try study.handle(.forced(at: now))
        #expect(try close(&study, Table.contents, otherRecipe)?.number == 3)
    }

    @Test("Defect 5: a recipe that changed and changed back makes a revision each time it is asked for")
    func aRecipeComesBack() throws {
        var study = Table.closed(Table.reported)
        var times: [Timestamp] = []
        for recipe in [otherRecipe, recipe, otherRecipe] {
            _ = try study.handle(.forced(at: now))
            let revision = try #require(try close(&study, Table.contents, recipe, at: now))
            times.append(revision.madeAt)
            _ = try study.handle(.settled(revision: revision.number, Table.reported, at: now))
        }
        #expect(study.state.revision?.number == 5)
        // The clock stood still, and no two revisions have the same date: their UIDs follow from it.
        #expect(times.map { $0.milliseconds(since: now) } == [1, 2, 3])
    }

    // MARK: Files that are gone (defects 5 and 7)

    @Test("A study whose new images are gone stays failed when the former report is delivered")
    func deliveryOfTheFormerReport() throws {
        var study = Table.open(Table.revision(.done(.analysed, DeliveryCount(waiting: 1))))
        let contents = Contents(images: images(first), missing: [second])
        #expect(try close(&study, contents, former: Contents(images: images(first))) == nil)
        #expect(study.state.name == .failed)
        let number = try #require(study.state.revision?.number)
        _ = try study.handle(.settled(revision: number, Table.reported, at: now))
        #expect(study.state.name == .failed && study.state.revision?.standing == Table.reported)
    }

    @Test("Defect 5: a partial report says what is missing, and gives way to a complete one")
    func aPartialReportIsReplaced() throws {
        var study = Table.open(nil)
        let partial = Contents(images: images(first), missing: [second])
        #expect(try close(&study, partial, former: nil) == nil)
        #expect(study.state.name == .failed)
        _ = try study.handle(.forced(at: now))
        let actions = try study.handle(Table.closing(partial, former: nil))
        let revision = try #require(made(actions))
        #expect(actions.contains(.makeJob(revision, from: partial)))
        _ = try study.handle(.settled(revision: 1, Table.reported, at: now))
        _ = try study.handle(.arrived(.init(Table.image, repairs: true, at: now)))
        #expect(try close(&study, both, former: partial)?.number == 2)
    }

    @Test("A partial report that was asked for is not asked for again")
    func aPartialReportStays() throws {
        var study = Table.open(Table.revision(Table.reported))
        let partial = Contents(images: images(first), missing: [second])
        #expect(try close(&study, partial, former: partial) == nil)
        #expect(study.state.name == .reported)
    }

    @Test("What the operator did without before is done without again when another image comes late")
    func aPartialReportGrows() throws {
        var study = Table.open(Table.revision(Table.reported))
        let partial = Contents(images: images(first), missing: [second])
        let more = Contents(images: images(first, UID(known: "1.2.3.3")), missing: [second])
        #expect(try close(&study, more, former: partial)?.number == 3)
    }

    @Test("A job that waits is parked when its study can't be closed for a file that is gone")
    func theWaitingJobIsParked() throws {
        var study = Table.open(Table.revision(.waiting), .renewal)
        let partial = Contents(images: images(first), missing: [second])
        let actions = try study.handle(Table.closing(partial, otherRecipe))
        #expect(actions.last == .loseImages(revision: 2, [second]) && study.state.name == .failed)
    }

    @Test("Where every image is gone, nothing is reported even when it is forced")
    func nothingIsLeft() throws {
        var study = Table.open(nil, .forced)
        #expect(try close(&study, Contents(images: [:], missing: [first]), former: nil) == nil)
        #expect(study.state.name == .failed)
    }

    @Test("A parked job is tried again when its lost image came back")
    func aRepairUnparks() throws {
        var study = Table.closed(.parked(reason: "x"))
        _ = try study.handle(.arrived(.init(Table.image, repairs: true, at: now)))
        let actions = try study.handle(Table.closing(Table.contents))
        #expect(actions.first == .retryJob(revision: 2) && study.state.name == .waiting)
    }

    @Test("A set-aside object that the operator accepted makes a revision")
    func otherBytesAreNew() throws {
        var study = Table.open(Table.revision(Table.reported))
        #expect(try close(&study, Contents(images: images(first, bytes: 9)))?.number == 3)
    }

    // MARK: Echoes (defect 4)

    @Test(
        "Defect 4: two nodes that send each other their results come to an end",
        arguments: [Provenance.Maker.thisNode, .anotherNode])
    func echoesOpenNothing(_ maker: Provenance.Maker) throws {
        let picture = Provenance(maker: maker, imageKind: .secondaryCapture)
        for state in Table.states {
            var study = state.machine
            let before = study
            let actions = try study.handle(.arrived(.init(picture, at: after(10_000))))
            #expect(study == before, "in \(state.name)")
            #expect(actions.count == 1)
        }
    }

    // MARK: The operator (defect 9)

    @Test("Defect 9: a study that was dropped and forced is analysed, and is not receiving for ever")
    func dropThenForce() throws {
        var study = Table.closed(.parked(reason: "x"))
        #expect(try study.handle(.dropped(at: now)).first == .dropJob(revision: 2))
        #expect(study.state == .closed(Table.revision(.dropped)))
        _ = try study.handle(.forced(at: now))
        let actions = try study.handle(Table.closing(Table.contents))
        #expect(actions.first == .retryJob(revision: 2) && study.state.name == .waiting)
        #expect(try study.handle(Table.closing(Table.contents, at: after(90))) == [])
    }

    @Test("A drop does not stop an open study from receiving")
    func dropWhileReceiving() throws {
        var study = Table.open(Table.revision(.parked(reason: "x")))
        #expect(try study.handle(.dropped(at: now)).first == .dropJob(revision: 2))
        #expect(study.state.name == .receiving && study.state.revision?.standing == .dropped)
        #expect(try close(&study, both)?.number == 3)
    }

    @Test("A parked job is retried by its recipe, and made anew by another")
    func retries() throws {
        var study = Table.closed(.parked(reason: "x"))
        #expect(try study.handle(.retried(recipe: recipe, at: now)).first == .retryJob(revision: 2))
        study = Table.closed(.parked(reason: "x"))
        #expect(try study.handle(.retried(recipe: otherRecipe, at: now)).first == .open(.renewal))
        #expect(try close(&study, Table.contents, otherRecipe)?.number == 3)
    }

    @Test("The job's end leaves an open study open, and is there when it closes")
    func theJobEndsMeanwhile() throws {
        var study = Table.open(Table.revision(.running))
        _ = try study.handle(.settled(revision: 2, Table.reported, at: now))
        #expect(study.state.name == .receiving)
        _ = try close(&study, Table.contents)
        #expect(study.state.name == .reported)
    }

    @Test("A stronger reason to be open takes a weaker one's place, and no weaker one a stronger one's")
    func reasons() throws {
        var study = Table.open(nil)
        #expect(try study.handle(.forced(at: now)).first == .open(.forced))
        _ = try study.handle(.arrived(.init(Table.image, at: after(1))))
        #expect(
            study.state
                == .receiving(.init(openedAt: now, lastArrival: after(1), reason: .forced, revision: nil)))
    }
}
