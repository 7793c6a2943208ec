import DICOMCore
import Foundation
import GRDB
import HilumTesting
import Testing
import Workflow

@testable import GatewayStore

extension Bench {
    /// A study with one image and a report that waits for destination `a`.
    @discardableResult
    func analysedStudy(_ number: Int = 3, destinations: [String] = ["a"]) async throws -> UID {
        try store.setDestinations(
            destinations.map { DestinationRecord(name: $0, kinds: [.report], reportClasses: OutboxTests.kinds) })
        var sent = SentObject()
        sent.study = try #require(UID("1.2.\(number)"))
        sent.sopInstance = try #require(UID("1.2.\(number).1"))
        let job = try await claimedJob(sent)
        try store.complete(job: job, with: .sample("2.25.\(number)"))
        return sent.study
    }

    /// What waits at destination `a` comes to this.
    func settle(_ outcome: DeliveryOutcome = .accepted(warning: nil)) throws {
        for delivery in try store.claimDeliveries(to: "a", by: worker("delivery"), limit: 10, lease: 600) {
            try store.settle(delivery: delivery.id, by: worker("delivery"), outcome)
        }
    }

    @discardableResult
    func deliveredStudy(_ number: Int = 3) async throws -> UID {
        let study = try await analysedStudy(number)
        try settle()
        return study
    }

    func send(_ instance: String, study: UID = SentObject().study, pixels: Int = 64) async throws -> Disposition {
        var sent = SentObject()
        (sent.study, sent.sopInstance, sent.pixels) = (study, try #require(UID(instance)), pixels)
        return try await sent.send(to: reception()).get()
    }

    func spooled(in folder: String) throws -> [String] { try spooled().filter { $0.hasPrefix(folder) } }

    func wait(days: Double) { clock.advance(days * 86_400) }
}

struct RetentionTests {
    private let rules = RetentionRules(sourceDays: 30, resultDays: 90)
    private let study = SentObject().study

    @Test("Days after delivery images go, later results and findings; the study, its events and its state stay")
    func ages() async throws {
        try await withBench { bench async throws in
            try await bench.deliveredStudy()
            bench.wait(days: 29.5)
            #expect(try bench.store.remove(.sources, by: rules, for: .age).files == 0)
            bench.wait(days: 0.5)
            #expect(try bench.store.remove(.sources, by: rules, for: .age).studies == 1)
            #expect(try bench.store.remove(.sources, by: rules, for: .age).studies == 0)
            #expect(try bench.store.remove(.results, by: rules, for: .age).files == 0)
            #expect(try bench.spooled(in: "objects").isEmpty && bench.spooled(in: "results").count == 2)
            let record = try #require(try bench.store.study(study))
            #expect(record.state == .reported && record.images == 1)
            #expect(record.sourcesRemoved == .init(at: bench.clock.now, cause: .age, isPartial: false))
            #expect(record.resultsRemoved == nil)
            bench.wait(days: 60)
            #expect(try bench.store.remove(.results, by: rules, for: .age).files == 2)
            #expect(try bench.spooled().isEmpty)
            #expect(try bench.store.findings(of: study).isEmpty)
            #expect(try bench.store.study(study)?.summary == "normal 90 %, triage 4")
            #expect(try bench.store.results(of: study).map(\.object.removedAt) == [bench.clock.now, bench.clock.now])
            let events = try bench.store.events(of: study).filter { $0.kind == .removed }
            #expect(events.map(\.text).first?.hasPrefix("2 results (") == true)
            #expect(events.map(\.text).last?.hasSuffix("bytes) were removed: its days were over") == true)
        }
    }

    /// What stays, each brought about as a node would.
    enum Stuck: String, CaseIterable, Sendable {
        case receiving, waiting, undelivered, refused, nowhere, setAside, lost
    }

    @Test(
        "What waits for a worker, a destination or a person stays, however old it is and little space there is",
        arguments: Stuck.allCases)
    func whatStays(_ stuck: Stuck) async throws {
        try await withBench { bench async throws in
            switch stuck {
            case .receiving: _ = try await bench.send("1.2.3.1")
            case .waiting:
                _ = try await bench.send("1.2.3.1")
                _ = try bench.store.closeStudy(study, recipe: recipe)
            case .undelivered: try await bench.analysedStudy()
            case .refused:
                try await bench.analysedStudy()
                try bench.settle(.refused("0xC000"))
            case .nowhere: try await bench.analysedStudy(destinations: [])
            case .setAside:
                try await bench.deliveredStudy()
                #expect(try await bench.send("1.2.3.1", pixels: 8) == .setAside)
            case .lost:
                try await bench.deliveredStudy()
                _ = try await bench.send("1.2.3.2")
                for file in try bench.spooled(in: "objects") {
                    try FileManager.default.removeItem(at: bench.folder.appending(path: file))
                }
            }
            let before = try bench.spooled()
            let store = stuck == .lost ? try bench.reopened() : bench.store
            if stuck == .lost { _ = try store.recover(recipe: recipe) }
            bench.wait(days: 4000)
            let rules = stuck == .nowhere ? RetentionRules() : rules
            for part in StudyPart.allCases {
                for cause in RemovalCause.allCases {
                    #expect(try store.remove(part, by: rules, for: cause) == RemovalCount(), "\(part) for \(cause)")
                }
            }
            #expect(try bench.spooled() == before)
        }
    }

    @Test("Without a destination only a number of days removes anything, and it counts from the analysis")
    func nowhere() async throws {
        try await withBench { bench async throws in
            try await bench.analysedStudy(destinations: [])
            bench.wait(days: 30)
            #expect(try bench.store.remove(.sources, by: rules, for: .space) == RemovalCount())
            #expect(try bench.store.remove(.sources, by: rules, for: .age).files == 1)
        }
    }

    @Test("For space the oldest go, until enough is free")
    func oldestFirst() async throws {
        try await withBench { bench async throws in
            for number in [5, 4, 6] {
                try await bench.deliveredStudy(number)
                bench.clock.advance(60)
            }
            let count = try bench.store.remove(.sources, by: RetentionRules(), for: .space, bytes: 1)
            #expect(count.studies == 1)
            #expect(try bench.store.study(UID(known: "1.2.5"))?.sourcesRemoved?.cause == .space)
            #expect(
                try bench.store.remove(.sources, by: RetentionRules(), for: .space, bytes: count.bytes + 1).studies == 2
            )
            #expect(try bench.spooled(in: "objects").isEmpty && bench.spooled(in: "results").count == 6)
        }
    }

    @Test("A study that changed since it was looked for is asked again before anything of it goes")
    func askedAgain() async throws {
        try await withBench { bench async throws in
            try await bench.deliveredStudy()
            let id = try #require(try bench.store.look { try $0.study(study)?.id })
            _ = try await bench.send("1.2.3.2")
            let count = try bench.store.live { try $0.remove(.sources, of: id, rules, for: .space) }
            #expect(count == RemovalCount())
            #expect(try bench.spooled(in: "objects").count == 2)
        }
    }

    @Test("Died between the rows and the files: the next start removes them, and calls nothing lost or taken over")
    func diedInBetween() async throws {
        try await withBench { bench async throws in
            try await bench.deliveredStudy()
            bench.wait(days: 1)
            let id = try #require(try bench.store.look { try $0.study(study)?.id })
            for part in StudyPart.allCases {
                _ = try bench.store.live { try $0.remove(part, of: id, rules, for: .space) }
            }
            #expect(try bench.spooled().count == 3, "only the rows have changed")
            let store = try bench.reopened()
            let report = try store.recover(recipe: recipe, everything: true)
            #expect(report.swept == 3 && report.adopted == 0 && report.lost == 0 && report.found == 0)
            #expect(try bench.spooled().isEmpty)
            #expect(try store.study(study)?.state == .reported)
            #expect(try store.recover(recipe: recipe, everything: true).isClean)
        }
    }

    @Test("A file that can't be removed keeps no other, and is removed later")
    func stubbornFile() async throws {
        try await withBench { bench async throws in
            for number in [4, 5] {
                try await bench.deliveredStudy(number)
                bench.wait(days: 1)
            }
            let path = bench.folder.appending(path: try bench.spooled(in: "objects").sorted()[0])
            // A folder, which unlink(2) refuses.
            try FileManager.default.removeItem(at: path)
            try FileManager.default.createDirectory(at: path, withIntermediateDirectories: false)
            #expect(throws: StoreError.self) { try bench.store.remove(.sources, by: rules, for: .space) }
            #expect(throws: StoreError.self) { try bench.store.finishRemovals() }
            #expect(try bench.spooled(in: "objects").count == 1)
            try FileManager.default.removeItem(at: path)
            #expect(try bench.store.finishRemovals() == 1)
        }
    }

    @Test("Folders of past days go when they are empty; the days' that may be written to stay")
    func folders() async throws {
        try await withBench { bench async throws in
            func days() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: bench.store.layout.objects).count
            }
            try await bench.deliveredStudy(4)
            try bench.store.remove(.sources, by: rules, for: .space)
            #expect(try days() == 1)
            try await bench.deliveredStudy(5)
            bench.wait(days: 3)
            try bench.store.remove(.sources, by: rules, for: .space)
            #expect(try days() == 0)
            #expect(try await bench.send("1.2.3.2") == .kept(study: study, opensStudy: true))
        }
    }

    // MARK: What comes afterwards

    private func removed(_ bench: Bench) async throws {
        try await bench.deliveredStudy()
        bench.wait(days: 31)
        try bench.store.remove(.sources, by: rules, for: .age)
        #expect(try bench.spooled(in: "objects").isEmpty)
    }

    @Test("The same object again is Success and kept, makes no revision, and has its days anew")
    func sameAgain() async throws {
        try await withBench { bench async throws in
            try await removed(bench)
            #expect(try await bench.send("1.2.3.1") == .kept(study: study, opensStudy: true))
            #expect(try await bench.send("1.2.3.1") == .same)
            #expect(try bench.spooled(in: "objects").count == 1)
            #expect(try bench.store.closeStudy(study, recipe: otherRecipe) == .unchanged(revision: 1))
            #expect(try bench.store.study(study)?.state == .reported)
            #expect(try bench.store.study(study)?.sourcesRemoved == nil)
            bench.wait(days: 29)
            #expect(try bench.store.remove(.sources, by: rules, for: .age).files == 0)
            bench.wait(days: 2)
            #expect(try bench.store.remove(.sources, by: rules, for: .age).files == 1)
        }
    }

    @Test("The same object that comes while its file is about to go is kept all the same")
    func sameInBetween() async throws {
        try await withBench { bench async throws in
            try await bench.deliveredStudy()
            let id = try #require(try bench.store.look { try $0.study(study)?.id })
            _ = try bench.store.live { try $0.remove(.sources, of: id, rules, for: .space) }
            #expect(try await bench.send("1.2.3.1") == .kept(study: study, opensStudy: true))
            #expect(try bench.store.finishRemovals() == 1)
            #expect(try bench.spooled(in: "objects").count == 1)
            #expect(try bench.reopened().recover(recipe: recipe, everything: true).isClean)
        }
    }

    @Test("A late image makes no revision without the removed ones, and one of all when they come again")
    func lateImage() async throws {
        try await withBench { bench async throws in
            try await removed(bench)
            _ = try await bench.send("1.2.3.2")
            let reason = "1 of its images were removed after delivery; send the study again"
            #expect(try bench.store.closeStudy(study, recipe: recipe) == .failed(reason: reason))
            bench.wait(days: 4000)
            #expect(try bench.store.remove(.sources, by: rules, for: .age) == RemovalCount(), "a person has to decide")
            #expect(try bench.store.jobs().map(\.state) == [.done])
            _ = try await bench.send("1.2.3.1")
            #expect(try bench.store.closeStudy(study, recipe: recipe) == .job(revision: 2))
            #expect(try bench.claim()?.images.count == 2)
        }
    }

    @Test("The operator may have the late image reported alone; the job says which images are missing")
    func lateImageAlone() async throws {
        try await withBench { bench async throws in
            try await removed(bench)
            _ = try await bench.send("1.2.3.2")
            _ = try bench.store.closeStudy(study, recipe: recipe)
            try bench.store.forceStudy(study)
            #expect(try bench.store.closeStudy(study, recipe: recipe) == .job(revision: 2))
            let job = try #require(try bench.claim())
            #expect(job.images.map(\.object.sopInstance.string) == ["1.2.3.2"])
            #expect(job.missing.map(\.sopInstance.string) == ["1.2.3.1"])
            try bench.store.complete(job: job, with: .sample("2.25.7"))
            try bench.settle()
            #expect(try bench.store.study(study)?.state == .reported)
            #expect(try bench.store.study(study)?.sourcesRemoved?.isPartial == true)
        }
    }

    @Test("To force a study without images is refused, and says what to do")
    func force() async throws {
        try await withBench { bench async throws in
            try await removed(bench)
            let error = #expect(throws: StoreError.self) { try bench.store.forceStudy(study) }
            #expect("\(try #require(error))".hasSuffix("removed after delivery; send its images again first"))
            #expect(throws: StoreError.self) { try bench.store.decide(.retry, study: study) }
            #expect(try bench.store.openStudies().isEmpty)
        }
    }

    @Test("Other bytes under a removed object's UID are set aside, and may be put in its place")
    func otherBytes() async throws {
        try await withBench { bench async throws in
            try await removed(bench)
            #expect(try await bench.send("1.2.3.1", pixels: 8) == .setAside)
            let aside = try #require(try bench.store.asideObjects().first)
            #expect(aside.state == .incomparable)
            try bench.store.accept(aside: aside.id)
            #expect(try bench.store.closeStudy(study, recipe: recipe) == .job(revision: 2))
            #expect(try bench.claim()?.images.first?.object.removedAt == nil)
            #expect(try bench.reopened().recover(recipe: recipe, everything: true).lost == 0)
        }
    }

    @Test("A result that is lost when its images were removed is not made again, and the report stands")
    func lostResult() async throws {
        try await withBench { bench async throws in
            try await removed(bench)
            let result = try #require(try bench.spooled(in: "results").first)
            try FileManager.default.removeItem(at: bench.folder.appending(path: result))
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe, everything: true).lost == 1)
            #expect(try store.study(study)?.state == .reported)
            #expect(try store.jobs().map(\.state) == [.done] && store.openStudies().isEmpty)
        }
    }

    @Test("A check finds nothing wrong with a study whose images went, and a backup misses none of them")
    func lookedAfter() async throws {
        try await withBench { bench async throws in
            try await removed(bench)
            #expect(try Store.check(bench.folder, isDeep: true).problems.isEmpty)
            try await Workplace.inTemporaryFolder { place async throws in
                let report = try bench.store.backUp(to: place, mayLink: false, software: "test")
                #expect(report.files == 2 && report.missing.isEmpty)
            }
        }
    }

    @Test("A later revision's results are kept, and may be removed again")
    func laterResults() async throws {
        try await withBench { bench async throws in
            try await removed(bench)
            bench.wait(days: 60)
            try bench.store.remove(.results, by: rules, for: .age)
            for instance in ["1.2.3.1", "1.2.3.2"] { _ = try await bench.send(instance) }
            _ = try bench.store.closeStudy(study, recipe: recipe)
            let job = try #require(try bench.claim())
            #expect(job.predecessors.count == 1, "the former report has its row")
            try bench.store.complete(job: job, with: .sample("2.25.7"))
            try bench.settle()
            bench.wait(days: 91)
            for part in StudyPart.allCases { #expect(try bench.store.remove(part, by: rules, for: .age).files == 2) }
        }
    }

    @Test("A document that was given up is not sent once its file was removed")
    func givenUp() async throws {
        try await withBench { bench async throws in
            try await bench.analysedStudy()
            let delivery = try #require(try bench.store.deliveries().first)
            try bench.store.decide(.drop, delivery: delivery.id)
            bench.wait(days: 91)
            #expect(try bench.store.remove(.results, by: rules, for: .space) == RemovalCount())
            for part in StudyPart.allCases { try bench.store.remove(part, by: rules, for: .age) }
            #expect(try bench.spooled().isEmpty)
            #expect(throws: StoreError.self) { try bench.store.decide(.retry, delivery: delivery.id) }
            #expect(throws: StoreError.self) { try bench.store.decide(.retry, study: study) }
            #expect(try bench.store.deliveries().map(\.state) == [.dropped])
        }
    }
}
