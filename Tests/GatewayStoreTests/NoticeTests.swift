import DICOMCore
import Foundation
import Testing
import Workflow

@testable import GatewayStore

@Suite("Notices wait in the store until their receivers have them")
struct NoticeTests {
    private static let urgent = Completion.Finding(json: "{}", outcome: "covid19", confidence: 0.9, triage: 1)
    private static let normal = Completion.Finding(json: "{}", outcome: "normal", confidence: 0.8, triage: 4)

    private func analysed(_ bench: Bench, _ findings: [Completion.Finding]) async throws -> ClaimedJob {
        try bench.store.setNoticeReceivers(["pager": NoticeRule(levels: [1, 2]), "log": NoticeRule()])
        let job = try await bench.claimedJob()
        var completion = Completion.sample()
        completion.findings = findings
        try bench.store.complete(job: job, with: completion)
        return job
    }

    @Test("Each receiver whose rule is met gets one, of the most urgent finding")
    func enqueueing() async throws {
        try await withBench { bench async throws in
            let job = try await analysed(bench, [Self.normal, Self.urgent])
            let due = try bench.store.dueNotices(to: "pager", limit: 10)
            #expect(due.map(\.subject) == [NoticeRule.Subject(outcome: "covid19", confidence: 0.9, triage: 1)])
            #expect(due.map(\.study) == [job.study] && due.map(\.revision) == [job.revision])
            #expect(try bench.store.notices().map(\.receiver).sorted() == ["log", "pager"])
        }
    }

    @Test("What meets no rule makes none")
    func nothingToTell() async throws {
        try await withBench { bench async throws in
            _ = try await analysed(bench, [Self.normal])
            #expect(try bench.store.notices().map(\.receiver) == ["log"])
        }
    }

    @Test("A failed try waits, a refused one is dead until the operator retries, an accepted one is over")
    func lives() async throws {
        try await withBench { bench async throws in
            let job = try await analysed(bench, [Self.urgent])
            let id = try #require(try bench.store.dueNotices(to: "pager", limit: 1).first).id
            try bench.store.settle(notice: id, .failed("no route"))
            #expect(try bench.store.dueNotices(to: "pager", limit: 1).isEmpty)
            bench.clock.advance(5)
            #expect(try bench.store.dueNotices(to: "pager", limit: 1).map(\.tries) == [1])
            try bench.store.settle(notice: id, .refused("404"))
            #expect(try bench.store.notices(in: [.dead]).map(\.lastError) == ["404"])
            try bench.store.decide(.retry, notice: id)
            try bench.store.settle(notice: id, .accepted)
            #expect(try bench.store.notices(in: [.delivered]).map(\.id) == [id])
            #expect(throws: StoreError.self) { try bench.store.decide(.drop, notice: id) }
            #expect(try bench.store.events(of: job.study).contains { $0.text == "notice to pager" })
        }
    }

    @Test("A result that is made again says nothing twice, a new revision does")
    func madeAgain() async throws {
        try await withBench { bench async throws in
            let job = try await analysed(bench, [Self.urgent])
            let result = try #require(try bench.store.results(of: job.study).first)
            try FileManager.default.removeItem(at: result.object.file)
            _ = try bench.store.recover(recipe: recipe)
            let again = try #require(try bench.claim())
            var completion = Completion.sample()
            completion.findings = [Self.urgent]
            try bench.store.complete(job: again, with: completion)
            #expect(again.id == job.id)
            #expect(try bench.store.notices().count == 2, "one for each receiver")
        }
    }
}
