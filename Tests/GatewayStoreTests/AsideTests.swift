import DICOMCore
import Foundation
import GRDB
import Testing
import Workflow

@testable import GatewayStore

@Suite("Objects whose UID was taken by other bytes")
struct AsideTests {
    @Test func eachIsClaimedOnceAndGoesOrStaysByItsVerdict() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject().send(to: reception)
            _ = try await SentObject(pixels: 66).send(to: reception)
            _ = try await SentObject(pixels: 68).send(to: reception)
            let first = try #require(try bench.store.claimAside(by: bench.worker(), lease: 60))
            try bench.store.settle(aside: first.id, by: bench.worker(), .equal)
            #expect(!FileManager.default.fileExists(atPath: first.file.path))
            let second = try #require(try bench.store.claimAside(by: bench.worker(), lease: 60))
            try bench.store.settle(aside: second.id, by: bench.worker(), .different("(7fe0,0010) differs"))
            #expect(try bench.store.claimAside(by: bench.worker(), lease: 60) == nil)
            #expect(try bench.store.asideObjects().map(\.state) == [.different])
            try bench.store.decide(.drop, aside: second.id)
            #expect(try bench.spooled().count == 1)
        }
    }

    @Test func oneThatKillsItsWorkerIsIncomparableAfterThreeTries() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject().send(to: reception)
            _ = try await SentObject(pixels: 66).send(to: reception)
            for _ in 1...3 {
                _ = try #require(try bench.store.claimAside(by: bench.worker(), lease: 60))
                try bench.store.workerEnded(bench.worker(), Cause(.crashed, "signal 11"))
                bench.clock.advance(60)
            }
            #expect(try bench.store.claimAside(by: bench.worker(), lease: 60) == nil)
            #expect(try bench.store.asideObjects().map(\.state) == [.incomparable])
        }
    }

    @Test("Bytes that were acknowledged and are gone are not called the same when they come again")
    func filesThatAreGone() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject().send(to: reception)
            _ = try await SentObject(pixels: 66).send(to: reception)
            let aside = try #require(try bench.store.asideObjects().first)
            try FileManager.default.removeItem(at: aside.file)
            try FileManager.default.removeItem(at: aside.kept.file)
            #expect(try await SentObject(pixels: 66).send(to: reception) == .success(.setAside))
            #expect(
                try await SentObject().send(to: reception)
                    == .success(.kept(study: SentObject().study, opensStudy: true)))
            let mended = try #require(try bench.store.asideObjects().first)
            #expect(mended.file != aside.file && mended.kept.file != aside.kept.file)
            #expect(try bench.spooled().count == 2)
            #expect(try await SentObject(pixels: 66).send(to: reception) == .success(.same))
        }
    }

    @Test("The good copy takes the place of a kept one that is gone, and its study is analysed again")
    func acceptingTheGoodCopy() async throws {
        try await withBench { bench async throws in
            let job = try await bench.analysedJob()
            try FileManager.default.removeItem(at: job.images[0].object.file)
            _ = try await SentObject(pixels: 66).send(to: bench.reception())
            let aside = try #require(try bench.store.asideObjects().first)
            #expect(aside.state == .incomparable)
            try bench.store.accept(aside: aside.id)
            #expect(try bench.store.asideObjects().isEmpty)
            #expect(try bench.store.study(job.study)?.state == .receiving)
            #expect(try bench.store.closeStudy(job.study, recipe: recipe) == .job(revision: 2))
            #expect(try bench.claim()?.images.map(\.object.file) == [aside.file])
        }
    }

    @Test("A job that was made before its image was exchanged ends, and the accepted object is not called lost")
    func acceptedBeforeTheJobRan() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject().send(to: reception)
            _ = try bench.store.closeStudy(SentObject().study, recipe: recipe)
            _ = try await SentObject(pixels: 66).send(to: reception)
            try bench.store.accept(aside: try #require(try bench.store.asideObjects().first).id)
            let job = try #require(try bench.claim())
            var completion = Completion.sample()
            completion.unread = bench.store.faults(of: job)
            #expect(completion.unread.map(\.fault) == [.damaged])
            #expect(try bench.store.complete(job: job, with: completion) == .parked)
            #expect(try bench.store.closeStudy(SentObject().study, recipe: recipe) == .job(revision: 2))
            let next = try #require(try bench.claim())
            #expect(bench.store.faults(of: next).isEmpty)
            #expect(try bench.store.complete(job: next, with: .sample()) == .done)
        }
    }

    @Test("Accepted beside a kept one that is there, the two change places and nothing vanishes")
    func exchanging() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            _ = try await SentObject().send(to: reception)
            _ = try await SentObject(pixels: 66).send(to: reception)
            let before = try #require(try bench.store.asideObjects().first)
            try bench.store.accept(aside: before.id)
            let after = try #require(try bench.store.asideObjects().first)
            #expect(after.file == before.kept.file && after.kept.file == before.file)
            #expect(after.state == .different && after.kept.digest != before.kept.digest)
            #expect(try bench.spooled().count == 2)
        }
    }
}
