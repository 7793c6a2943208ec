import DICOMCore
import Testing
import Workflow

@testable import GatewayStore

/// What destinations hear of results that no longer hold, and of studies that can't be analysed.
@Suite("Notes on superseded results, and reports of what can't be analysed")
struct SupersededTests {
    private static let keyObjects = UID(known: "1.2.840.10008.5.1.4.1.1.88.59")

    private func destination(
        _ name: String, _ kinds: [Document.Kind], wantsNotAnalysable: Bool = true
    ) -> DestinationRecord {
        DestinationRecord(
            name: name, kinds: kinds, reportClasses: OutboxTests.kinds, wantsNotAnalysable: wantsNotAnalysable)
    }

    /// A report in two forms and a picture, and a note on each of what the job supersedes.
    private func completion(of job: ClaimedJob, verdict: JobWorkflow.Verdict = .analysed) throws -> Completion {
        let root = "2.25.\(job.revision)"
        var completion = Completion.sample(root)
        completion.verdict = verdict
        if verdict == .analysed {
            let picture = try #require(UID("\(root).5"))
            completion.results.append(
                Completion.result(Document(.picture), SOPClass.secondaryCaptureImageStorage.uid, picture))
        }
        for (index, former) in job.superseded.enumerated() {
            let note = try #require(UID("\(root).7.\(index)"))
            completion.results.append(
                Completion.result(Document(.keyObjects, of: .image(former.sopInstance)), Self.keyObjects, note))
        }
        return completion
    }

    /// Another image makes another revision, which is claimed.
    private func revise(_ bench: Bench, _ number: Int) async throws -> ClaimedJob {
        let image = SentObject(sopInstance: try #require(UID("1.2.3.4.\(number)")))
        _ = try await image.send(to: bench.reception())
        _ = try bench.store.closeStudy(image.study, recipe: recipe)
        return try #require(try bench.claim())
    }

    private func deliver(_ bench: Bench, _ name: String, _ outcome: DeliveryOutcome = .accepted(warning: nil)) throws {
        let owner = bench.worker("delivery")
        for delivery in try bench.store.claimDeliveries(to: name, by: owner, limit: 10, lease: 600) {
            try bench.store.settle(delivery: delivery.id, by: owner, outcome)
        }
    }

    private func claimed(_ bench: Bench, _ name: String) throws -> [Delivery] {
        try bench.store.claimDeliveries(to: name, by: bench.worker("delivery"), limit: 10, lease: 600)
    }

    private func settle(_ bench: Bench, _ delivery: Delivery, _ outcome: DeliveryOutcome) throws {
        try bench.store.settle(delivery: delivery.id, by: bench.worker("delivery"), outcome)
    }

    /// Results of a revision, and of the next with notes on them, all of which wait.
    private func twoRevisions(_ bench: Bench, _ kinds: [Document.Kind]) async throws {
        try bench.store.setDestinations([destination("all", kinds)])
        let first = try await bench.claimedJob()
        try bench.store.complete(job: first, with: try completion(of: first))
        let second = try await revise(bench, 2)
        try bench.store.complete(job: second, with: try completion(of: second))
    }

    /// What waits for a destination, oldest first.
    private func waiting(_ bench: Bench, _ name: String) throws -> [Document] {
        try bench.store.deliveries(in: [.waiting]).filter { $0.destination == name }.reversed().map(\.document)
    }

    private func note(on text: String) throws -> Document {
        Document(.keyObjects, of: .image(try #require(UID(text))))
    }

    @Test("A destination that asks for them gets a note on each object that it received, after the new results")
    func notes() async throws {
        try await withBench { bench async throws in
            try bench.store.setDestinations([
                destination("all", [.report, .picture, .keyObjects]), destination("reports", [.report, .keyObjects]),
                destination("none", [.report, .picture]), destination("refuses", [.picture, .keyObjects]),
            ])
            let first = try await bench.claimedJob()
            #expect(first.superseded.isEmpty)
            try bench.store.complete(job: first, with: try completion(of: first))
            for name in ["all", "reports", "none"] { try deliver(bench, name) }
            try deliver(bench, "refuses", .refused("0xC000"))
            let second = try await revise(bench, 2)
            // The form of the report that went out and the picture; the other form reached nobody.
            #expect(second.superseded.map(\.sopInstance.string) == ["2.25.1.0", "2.25.1.5"])
            #expect(second.superseded.map(\.document.kind) == [.report, .picture])
            try bench.store.complete(job: second, with: try completion(of: second))
            #expect(
                try waiting(bench, "all").prefix(2) == [Document(.report), Document(.picture)],
                "what holds comes before the note on what does not")
            #expect(
                try Set(waiting(bench, "all").dropFirst(2))
                    == [note(on: "2.25.1.0"), note(on: "2.25.1.5")])
            #expect(try waiting(bench, "reports") == [Document(.report), note(on: "2.25.1.0")])
            #expect(try waiting(bench, "none") == [Document(.report), Document(.picture)])
            #expect(try waiting(bench, "refuses") == [Document(.picture)], "it has nothing that could look current")
        }
    }

    @Test("What waits for a destination is noted too, and the same again when the job is claimed again")
    func waitingResults() async throws {
        try await withBench { bench async throws in
            try bench.store.setDestinations([destination("all", [.report, .picture, .keyObjects])])
            let first = try await bench.claimedJob()
            try bench.store.complete(job: first, with: try completion(of: first))
            let second = try await revise(bench, 2)
            #expect(second.superseded.count == 2 && second.predecessors.isEmpty)
            try bench.store.giveBack(by: second.owner)
            try deliver(bench, "all", .refused("0xC000"))
            let again = try #require(try bench.claim())
            #expect(again.superseded == second.superseded)
            try bench.store.complete(job: again, with: try completion(of: again))
            #expect(
                try waiting(bench, "all") == [Document(.report), Document(.picture)],
                "it was refused for good: the destination never had it")
            try deliver(bench, "all")
            let third = try await revise(bench, 3)
            #expect(third.superseded.map(\.sopInstance.string) == ["2.25.2.0", "2.25.2.5"], "only the last one")
        }
    }

    @Test("Who does not want to hear of what can't be analysed does not, unless a report that it has is replaced")
    func notAnalysable() async throws {
        try await withBench { bench async throws in
            try bench.store.setDestinations([
                destination("told", [.report]), destination("spared", [.report], wantsNotAnalysable: false),
            ])
            #expect(try bench.store.destinations().map(\.wantsNotAnalysable) == [false, true])
            let first = try await bench.claimedJob()
            let verdict = JobWorkflow.Verdict.notAnalysable(reason: "no image")
            try bench.store.complete(job: first, with: try completion(of: first, verdict: verdict))
            #expect(try waiting(bench, "told") == [Document(.report)])
            #expect(try waiting(bench, "spared") == [])
            let second = try await revise(bench, 2)
            try bench.store.complete(job: second, with: try completion(of: second))
            #expect(try waiting(bench, "spared") == [Document(.report)])
            let third = try await revise(bench, 3)
            try bench.store.complete(job: third, with: try completion(of: third, verdict: verdict))
            #expect(try waiting(bench, "spared") == [Document(.report), Document(.report)])
        }
    }

    @Test("A study that nobody is told of comes to its end all the same")
    func nobodyIsTold() async throws {
        try await withBench { bench async throws in
            try bench.store.setDestinations([destination("spared", [.report], wantsNotAnalysable: false)])
            let job = try await bench.claimedJob()
            let verdict = JobWorkflow.Verdict.notAnalysable(reason: "no image")
            try bench.store.complete(job: job, with: try completion(of: job, verdict: verdict))
            #expect(try bench.store.deliveries().isEmpty)
            #expect(try bench.store.study(job.study)?.state == .notAnalysable)
        }
    }

    @Test("A note never goes before the object that it is about, however long that is held up")
    func aNoteWaits() async throws {
        try await withBench { bench async throws in
            try await twoRevisions(bench, [.report, .keyObjects])
            let reports = try claimed(bench, "all")
            #expect(reports.map(\.document) == [Document(.report), Document(.report)])
            try settle(bench, reports[0], .failed(Cause(.destination, "reset by peer")))
            try settle(bench, reports[1], .accepted(warning: nil))
            #expect(try claimed(bench, "all").isEmpty, "its object backs off")
            bench.clock.advance(600)
            let former = try #require(try claimed(bench, "all").first)
            #expect(former.id == reports[0].id)
            #expect(try claimed(bench, "all").isEmpty, "its object is being sent")
            try settle(bench, former, .accepted(warning: nil))
            #expect(try claimed(bench, "all").map(\.document) == [note(on: "2.25.1.0")])
        }
    }

    @Test("A note whose object went in another form or was refused is dropped, said so, and keeps no study open")
    func aNoteIsDropped() async throws {
        try await withBench { bench async throws in
            try await twoRevisions(bench, [.report, .picture, .keyObjects])
            let old = try claimed(bench, "all").prefix(2)
            #expect(old.map(\.document) == [Document(.report), Document(.picture)])
            try settle(bench, old[0], .classNotTaken("no"))
            try settle(bench, old[1], .refused("0xC000"))
            let notes = [try note(on: "2.25.1.0"), try note(on: "2.25.1.5")]
            let dropped = try bench.store.deliveries(in: [.dropped])
            #expect(Set(dropped.map(\.document)) == Set(notes))
            let study = try #require(dropped.first?.object.study)
            let said = try bench.store.events(of: study).filter { $0.kind == .dropped }.map(\.text)
            #expect(
                Set(said) == Set(notes.map { "\($0) to all: the destination does not get what it is about" }))
            for delivery in try bench.store.deliveries(in: [.sending]) {
                try settle(bench, delivery, .accepted(warning: nil))
            }
            #expect(try bench.store.study(study)?.state == .reported)
        }
    }

    @Test("A note is retried with its object, and not without it")
    func aNoteIsRetried() async throws {
        try await withBench { bench async throws in
            try await twoRevisions(bench, [.picture, .keyObjects])
            let old = try #require(try claimed(bench, "all").first)
            try settle(bench, old, .refused("0xC000"))
            let dropped = try #require(try bench.store.deliveries(in: [.dropped]).first)
            #expect(throws: StoreError.self) { try bench.store.decide(.retry, delivery: dropped.id) }
            #expect(try bench.store.deliveries(in: [.dropped]).map(\.id) == [dropped.id])
            try bench.store.decide(.retry, delivery: old.id)
            try bench.store.decide(.retry, delivery: dropped.id)
            #expect(try claimed(bench, "all").map(\.id) == [old.id])
            try settle(bench, old, .refused("0xC000"))
            #expect(try bench.store.decide(.retry, study: old.object.study) == 2, "first the object, then the note")
            #expect(try bench.store.decide(.drop, study: old.object.study) == 2)
        }
    }

    @Test("An object that a note was sent about gets no second one, and a destination without a note gets it")
    func oneNote() async throws {
        try await withBench { bench async throws in
            let all = destination("all", [.report, .picture, .keyObjects])
            try bench.store.setDestinations([all, destination("late", [.report, .picture])])
            let first = try await bench.claimedJob()
            try bench.store.complete(job: first, with: try completion(of: first))
            for name in ["all", "late"] { try deliver(bench, name) }
            let second = try await revise(bench, 2)
            let verdict = JobWorkflow.Verdict.notAnalysable(reason: "no image")
            try bench.store.complete(job: second, with: try completion(of: second, verdict: verdict))
            #expect(try waiting(bench, "all") == [Document(.report), note(on: "2.25.1.0"), note(on: "2.25.1.5")])
            for name in ["all", "late"] { try deliver(bench, name) }
            try bench.store.setDestinations([all])
            let third = try await revise(bench, 3)
            try bench.store.complete(job: third, with: try completion(of: third, verdict: verdict))
            #expect(
                try waiting(bench, "all") == [Document(.report), note(on: "2.25.2.0")],
                "the picture was noted by revision 2")
            try deliver(bench, "all")
            try bench.store.setDestinations([all, destination("late", [.report, .picture, .keyObjects])])
            let fourth = try await revise(bench, 4)
            #expect(fourth.superseded.map(\.sopInstance.string) == ["2.25.1.5", "2.25.2.0", "2.25.3.0"])
            try bench.store.complete(job: fourth, with: try completion(of: fourth, verdict: verdict))
            #expect(try waiting(bench, "all") == [Document(.report), note(on: "2.25.3.0")])
            #expect(
                try Set(waiting(bench, "late"))
                    == [Document(.report), note(on: "2.25.1.5"), note(on: "2.25.2.0")])
        }
    }

    @Test("What a destination has no note on is superseded for that destination alone")
    func isSupersededByDestination() async throws {
        try await withBench { bench async throws in
            try bench.store.setDestinations([destination("all", [.picture, .keyObjects])])
            let first = try await bench.claimedJob()
            try bench.store.complete(job: first, with: try completion(of: first))
            try deliver(bench, "all")
            for number in 2...3 {
                let job = try await revise(bench, number)
                #expect(job.superseded.map(\.sopInstance.string) == (number == 2 ? ["2.25.1.5"] : []))
                let verdict = JobWorkflow.Verdict.notAnalysable(reason: "no image")
                try bench.store.complete(job: job, with: try completion(of: job, verdict: verdict))
                #expect(try waiting(bench, "all") == (number == 2 ? [note(on: "2.25.1.5")] : []))
                try deliver(bench, "all")
            }
        }
    }
}
