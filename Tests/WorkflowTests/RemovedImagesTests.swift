import DICOMCore
import Testing

@testable import Workflow

@Suite("A study whose images were removed after delivery")
struct RemovedImagesTests {
    private typealias Table = StudyTableTests
    private let third = UID(known: "1.2.3.3")
    private let whole = Contents(images: images(first, second))

    private func reported(_ sources: StudyWorkflow.Sources) -> StudyWorkflow {
        StudyWorkflow(state: .closed(Table.revision(Table.reported)), sources: sources)
    }

    private func close(
        _ study: inout StudyWorkflow, _ contents: Contents, former: Contents
    ) throws -> Revision? {
        made(try study.handle(Table.closing(contents, former: former)))
    }

    private func made(_ actions: [StudyWorkflow.Action]) -> Revision? {
        for case .makeJob(let revision, _) in actions { return revision }
        return nil
    }

    @Test("Images that come again one by one are nothing new, and the report stands")
    func theSameAgain() throws {
        for contents in [
            Contents(images: images(first), removed: images(second)), Contents(images: images(first, second)),
        ] {
            var study = reported(.removed)
            _ = try study.handle(.arrived(.init(Table.image, repairs: true, at: now)))
            let actions = try study.handle(Table.closing(contents, former: whole, otherRecipe))
            #expect(made(actions) == nil)
            #expect(study.state == reported(.kept).state)
        }
    }

    @Test("A late image makes no revision that leaves the removed ones out; the study says what to do")
    func aLateImage() throws {
        var study = reported(.removed)
        _ = try study.handle(.arrived(.init(Table.image, at: now)))
        let contents = Contents(images: images(third), removed: images(first, second))
        #expect(try close(&study, contents, former: whole) == nil)
        guard case .failed(let failed) = study.state else {
            Issue.record("it is \(study.state)")
            return
        }
        #expect(failed.reason == "2 of its images were removed after delivery; send the study again")
        #expect(failed.revision?.standing == Table.reported)
    }

    @Test("When the removed ones come again, a late image's revision is made of all")
    func allAgain() throws {
        var study = StudyWorkflow(
            state: .failed(.init(reason: "x", revision: Table.revision(Table.reported))), sources: .partlyRemoved)
        _ = try study.handle(.arrived(.init(Table.image, repairs: true, at: now)))
        let contents = Contents(images: images(first, second, third))
        #expect(try close(&study, contents, former: whole)?.number == 3)
    }

    @Test("The operator may do without them, and what was done without once is done without again")
    func doneWithout() throws {
        var study = StudyWorkflow(
            state: .failed(.init(reason: "x", revision: Table.revision(Table.reported))), sources: .partlyRemoved)
        _ = try study.handle(.forced(at: now))
        let contents = Contents(images: images(third), removed: images(first, second))
        let actions = try study.handle(Table.closing(contents, former: whole))
        #expect(made(actions)?.number == 3)
        #expect(actions.contains { "\($0)".contains("with 1 images to analyse, 2 are gone") })
        let former = Contents(images: images(third), missing: [first, second])
        #expect(contents.areThose(of: former))
        var open = Table.open(Table.revision(Table.reported))
        var more = contents
        more.images.merge(images(UID(known: "1.2.3.4"))) { $1 }
        #expect(try close(&open, more, former: former)?.number == 3)
    }

    @Test("Nothing is made anew without images: not by force, not by retrying")
    func nothingAnew() throws {
        var study = reported(.removed)
        expectRefusal(.removed) { () throws(Refusal) in _ = try study.handle(.forced(at: now)) }
        #expect(study == reported(.removed))
        for standing in [Standing.dropped, .done(.notAnalysable(reason: "x"), DeliveryCount())] {
            var study = StudyWorkflow(state: .closed(Table.revision(standing)), sources: .removed)
            expectRefusal(.removed) { () throws(Refusal) in _ = try study.handle(.retried(recipe: recipe, at: now)) }
        }
        var partly = StudyWorkflow(state: .closed(Table.revision(.dropped)), sources: .partlyRemoved)
        expectRefusal(.removed) { () throws(Refusal) in _ = try partly.handle(.retried(recipe: recipe, at: now)) }
        // Its images are there: nothing of a study with a parked job is removed.
        var parked = StudyWorkflow(state: .closed(Table.revision(.parked(reason: "x"))), sources: .partlyRemoved)
        #expect(try parked.handle(.retried(recipe: recipe, at: now)).first == .retryJob(revision: 2))
    }

    @Test(
        "One that was open for another reason is closed as it was", arguments: [StudyWorkflow.Opening.renewal, .forced])
    func openedOtherwise(_ reason: StudyWorkflow.Opening) throws {
        let contents = Contents(images: [:], removed: images(first))
        for standing in [Table.reported, .dropped, .done(.notAnalysable(reason: "x"), DeliveryCount())] {
            var study = Table.open(Table.revision(standing), reason)
            let actions = try study.handle(Table.closing(contents, otherRecipe))
            #expect(made(actions) == nil && actions.count == 1)
            #expect(study.state == .closed(Table.revision(standing)))
        }
    }

    @Test("Other bytes under a removed image's UID are something new")
    func otherBytes() {
        let former = Contents(images: images(first))
        #expect(!Contents(images: images(first, bytes: 9)).areThose(of: former))
        #expect(!Contents(images: [:], removed: images(first, bytes: 9)).areThose(of: former))
        #expect(Contents(images: [:], removed: images(first)).areThose(of: former))
        #expect(!Contents(images: [:], missing: [first]).areThose(of: former))
        #expect(!Contents(images: images(first)).areThose(of: Contents(images: [:], missing: [first])))
    }

    @Test("A result file that is lost then is not made again, and the report stands")
    func aLostResult() throws {
        var job = JobWorkflow(
            revision: 1, recipe: recipe, state: .done(.init(verdict: .analysed, at: now)))
        let before = job
        let actions = try job.handle(
            .resultLost(results: images(first), recipe: recipe, imagesRemoved: true, at: now))
        #expect(job == before && actions.count == 1)
        guard case .note(let note) = try #require(actions.first) else {
            Issue.record("\(actions)")
            return
        }
        #expect(note.kind == .lost)
    }

    @Test("A document whose file was removed is not sent after all")
    func aDroppedDocument() throws {
        for state in [
            DeliveryWorkflow.State.dropped(.init(rendition: DeliveryTests.enhanced)),
            .dead(.init(rendition: DeliveryTests.enhanced, reason: "x", attempts: Attempts(from: now))),
        ] {
            var delivery = DeliveryWorkflow(document: Document(.report), destination: "pacs", state: state)
            expectRefusal(.removed) { () throws(Refusal) in
                _ = try delivery.handle(.retried(at: now, fileRemoved: true))
            }
            #expect(delivery.state == state)
        }
    }
}
