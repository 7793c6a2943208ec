import DICOMCore
import Foundation
import GRDB
import Testing
import Workflow

@testable import GatewayStore

struct CensusTests {
    private func queued(_ bench: Bench, _ names: [String]) async throws -> ClaimedJob {
        try bench.store.setDestinations(
            names.map { DestinationRecord(name: $0, kinds: [.report], reportClasses: OutboxTests.kinds) })
        let job = try await bench.claimedJob()
        bench.clock.advance(7)
        try bench.store.complete(job: job, with: .sample())
        return job
    }

    @Test("A store counts its studies, its open jobs and what was not delivered, and knows since when")
    func counts() async throws {
        try await withBench { bench async throws in
            #expect(try bench.store.census() == Census())
            let start = bench.clock.now
            _ = try await queued(bench, ["a", "b"])
            let made = bench.clock.now
            bench.clock.advance(100)
            _ = try await SentObject(sopInstance: UID(known: "1.2.4.1"), study: UID(known: "1.2.4")).send(
                to: bench.reception())
            let delivery = try #require(
                try bench.store.claimDeliveries(to: "a", by: bench.worker("d"), limit: 1, lease: 60).first)
            let state = try bench.store.settle(
                delivery: delivery.id, by: bench.worker("d"), .accepted(warning: nil))
            #expect(state == .delivered)
            let census = try bench.store.census()
            #expect(census.studies == [.analysed: 1, .receiving: 1])
            #expect(census.oldestOpenStudy == bench.clock.now)
            #expect(census.jobs.isEmpty && census.undelivered == 1)
            #expect(
                census.deliveries == [
                    Census.Deliveries(destination: "b", state: .waiting, count: 1, oldest: made)
                ])
            let course = try #require(try bench.store.course(ofDelivery: delivery.id))
            #expect(course == DeliveryCourse(lastObjectAt: start, madeAt: made, deliveredAt: bench.clock.now))
        }
    }

    @Test func aDeliveryThatWillNotBeTriedAgainHasNoAge() async throws {
        try await withBench { bench async throws in
            _ = try await queued(bench, ["a"])
            let delivery = try #require(
                try bench.store.claimDeliveries(to: "a", by: bench.worker("d"), limit: 1, lease: 60).first)
            #expect(try bench.store.course(ofDelivery: delivery.id) == nil)
            let state = try bench.store.settle(
                delivery: delivery.id, by: bench.worker("d"), .refused("cannot understand"))
            #expect(state == .dead)
            #expect(
                try bench.store.census().deliveries == [
                    Census.Deliveries(destination: "a", state: .dead, count: 1, oldest: nil)
                ])
        }
    }

    /// What instruments ask every few seconds must not read what was ever sent.
    @Test(
        "Counting reads indexes, not tables",
        arguments: [
            (Store.studyCounts, "USING COVERING INDEX study_state"),
            (Store.jobCounts, "USING INDEX job_state"),
            (Store.deliveryCounts, "USING COVERING INDEX outgoing_open"),
        ])
    func plans(sql: String, wanted: String) async throws {
        try await withBench { bench async throws in
            let plan = try bench.store.read { database in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
            }
            #expect(plan.contains { $0.contains(wanted) }, "\(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN") && !$0.contains("INDEX") }, "\(plan)")
        }
    }

    @Test("Progress tells of each finished job once, with its sender, its times and its findings")
    func progress() async throws {
        try await withBench { bench async throws in
            let first = try bench.store.lastEvent()
            let start = bench.clock.now
            _ = try await queued(bench, [])
            let progress = try bench.store.progress(after: first)
            #expect(progress.events[.analysed] == 1 && progress.events[.closed] == 1)
            let analysis = try #require(progress.analyses.first)
            #expect(progress.analyses.count == 1)
            #expect(analysis.callingAE == "CT1" && analysis.isAnalysed)
            #expect(analysis.lastObjectAt == start && analysis.startedAt == start)
            #expect(analysis.finishedAt == bench.clock.now && analysis.finishedAt == start + 7)
            #expect(
                analysis.findings.map(\.outcome) == ["normal"] && analysis.findings.allSatisfy { $0.reasons.isEmpty })
            #expect(try bench.store.progress(after: progress.lastEvent) == StoreProgress(lastEvent: progress.lastEvent))
        }
    }

    @Test func aLookTakesSoManyEventsAndTheNextOneGoesOn() async throws {
        try await withBench { bench async throws in
            let first = try bench.store.lastEvent()
            for number in 1...5 { try bench.store.note(.swept, "\(number)") }
            var (last, counts) = (first, [Int]())
            for _ in 1...3 {
                let progress = try bench.store.progress(after: last, limit: 2)
                counts.append(progress.events[.swept] ?? 0)
                last = progress.lastEvent
            }
            #expect(counts == [2, 2, 1])
        }
    }

    @Test func aDatabaseThatAnotherProcessHoldsIsNotWritable() async throws {
        try await withBench { bench async throws in
            try bench.store.checkWritable()
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: bench.store.layout.database, configuration: configuration)
            try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
            #expect(throws: StoreError.self) { try bench.store.checkWritable() }
            try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
            try bench.store.checkWritable()
            let space = try bench.store.space()
            #expect(space.free > 0 && space.size >= space.free && space.database > 0 && space.used > 0)
        }
    }
}
