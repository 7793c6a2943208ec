import DICOMCore
import Foundation
import GRDB
import Testing
import Workflow

@testable import GatewayStore

/// Which job a study gets when it is closed, and what makes another revision.
struct RevisionTests {
    @Test func aClosedStudyIsOneJobHoweverOftenItIsClosed() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let study = SentObject().study
            guard case .job(revision: 1) = try bench.store.closeStudy(study, recipe: recipe) else {
                Issue.record("no job")
                return
            }
            try bench.store.forceStudy(study)
            #expect(try bench.store.openStudies().first?.opening == .forced)
            #expect(try bench.store.closeStudy(study, recipe: recipe) == .unchanged(revision: 1))
            #expect(try bench.store.study(study)?.state == .waiting)
        }
    }

    @Test func anotherBundleMakesANewRevision() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            try bench.store.forceStudy(job.study)
            #expect(try bench.store.closeStudy(job.study, recipe: otherRecipe) == .job(revision: 2))
        }
    }

    @Test func aRecipeThatIsChangedBackMakesARevisionAgain() async throws {
        try await withBench { bench async throws in
            _ = try await SentObject().send(to: bench.reception())
            let study = SentObject().study
            for (number, recipe) in [recipe, otherRecipe, recipe].enumerated() {
                if number > 0 { try bench.store.forceStudy(study) }
                #expect(try bench.store.closeStudy(study, recipe: recipe) == .job(revision: number + 1))
            }
            #expect(try bench.store.jobs(in: [.waiting]).map(\.revision) == [3])
            #expect(try bench.store.jobs(in: [.superseded]).map(\.revision) == [2, 1])
        }
    }

    @Test func aStudyWithoutImagesIsNotAnalysable() async throws {
        try await withBench { bench async throws in
            let report = SentObject(sopClass: UID(known: "1.2.840.10008.5.1.4.1.1.88.11"))
            _ = try await report.send(to: bench.reception())
            guard case .notAnalysable = try bench.store.closeStudy(report.study, recipe: recipe) else {
                Issue.record("it has a job")
                return
            }
            #expect(try bench.store.study(report.study)?.state == .notAnalysable)
        }
    }

    @Test func lateImagesMakeARevisionThatNamesItsPredecessor() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            #expect(job.predecessors.isEmpty && job.images.count == 1)
            try bench.store.complete(job: job, with: .sample())
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.2")).send(to: bench.reception())
            #expect(try bench.store.study(job.study)?.state == .receiving)
            _ = try bench.store.closeStudy(job.study, recipe: recipe)
            let later = try #require(try bench.claim())
            #expect(later.revision == 2 && later.images.count == 2)
            #expect(later.predecessors.map(\.sopInstance.string) == ["2.25.1.0", "2.25.1.1"])
        }
    }

    @Test func imagesThatComeWhileTheJobRunsWaitForItsEnd() async throws {
        try await withBench { bench async throws in
            let job = try await bench.claimedJob()
            _ = try await SentObject(sopInstance: UID(known: "1.2.3.2")).send(to: bench.reception())
            _ = try bench.store.closeStudy(job.study, recipe: recipe)
            #expect(try bench.claim(by: "w2") == nil)
            try bench.store.complete(job: job, with: .sample())
            let later = try #require(try bench.claim(by: "w2"))
            #expect(later.predecessors.count == 2)
        }
    }

    @Test func ourOwnObjectsAreKeptAndOpenNothing() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            // The picture comes back by a PACS that forwards, first as it was, then with other bytes.
            let echo = SentObject(
                sopClass: SOPClass.secondaryCaptureImageStorage.uid, sopInstance: UID(known: "2.25.7"),
                deviceUID: bench.store.deviceUID)
            #expect(
                try await echo.send(to: bench.reception()) == .success(.kept(study: echo.study, opensStudy: false)))
            let record = try #require(try bench.store.study(job.study))
            #expect(record.state == .analysed && record.images == 1)
            #expect(try bench.store.events(of: job.study).contains { $0.kind == .echo })
            try bench.store.forceStudy(job.study)
            #expect(try bench.store.closeStudy(job.study, recipe: recipe) == .unchanged(revision: 1))
        }
    }

    @Test func aLatePresentationStateChangesNoReport() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            _ = try await SentObject.presentationState.send(to: bench.reception())
            #expect(try bench.store.study(job.study)?.state == .analysed)
        }
    }

    @Test("Another node's picture is kept and is no image: two nodes that send each other their results come to rest")
    func anotherNodesPicture() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            let picture = SentObject(
                sopClass: SOPClass.secondaryCaptureImageStorage.uid, sopInstance: UID(known: "2.25.77"), modality: "OT",
                manufacturer: "Hilum", deviceUID: UID(known: "2.25.8"))
            _ = try await picture.send(to: bench.reception())
            let record = try #require(try bench.store.study(job.study))
            #expect(record.state == .analysed && record.images == 1)
            // A captured screen of another program is one, unless it is about another examination.
            _ = try await SentObject(
                sopClass: SOPClass.secondaryCaptureImageStorage.uid, sopInstance: UID(known: "1.2.3.78"), modality: "MR"
            ).send(to: bench.reception())
            #expect(try bench.store.study(job.study)?.state == .analysed)
        }
    }

    @Test("After a change of recipe, what comes late and is no image makes no revision")
    func lateObjectsAfterAChangeOfRecipe() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            _ = try await SentObject.presentationState.send(to: bench.reception())
            #expect(try bench.store.openStudies().isEmpty)
            #expect(try bench.store.closeStudy(job.study, recipe: otherRecipe) == .unchanged(revision: 1))
            #expect(try bench.store.study(job.study)?.revision == 1)
        }
    }

    @Test("A report from a part of the study says so, and gives way when the rest comes")
    func partialReports() async throws {
        try await withBench { bench async throws in
            let second = SentObject(sopInstance: UID(known: "1.2.3.2"))
            _ = try await SentObject().send(to: bench.reception())
            _ = try await second.send(to: bench.reception())
            let paths = try bench.store.read {
                try String.fetchAll($0, sql: "SELECT path FROM object ORDER BY sop_instance")
            }
            try FileManager.default.removeItem(at: bench.folder.appending(path: paths[1]))
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).lost == 1)
            try store.forceStudy(second.study)
            #expect(try store.closeStudy(second.study, recipe: recipe) == .job(revision: 1))
            let partial = try #require(
                try store.claimJob(by: Owner(node: store.node, worker: "w"), recipe: recipe, lease: 60))
            #expect(partial.missing.map(\.sopInstance) == [second.sopInstance] && partial.images.count == 1)
            try store.complete(job: partial, with: .sample())

            _ = try await second.send(to: Reception(store: store))
            #expect(try store.closeStudy(second.study, recipe: recipe) == .job(revision: 2))
            let whole = try #require(
                try store.claimJob(by: Owner(node: store.node, worker: "w"), recipe: recipe, lease: 60))
            #expect(whole.missing.isEmpty && whole.images.count == 2)
        }
    }
}
