import DICOMCore
import Foundation
import GRDB
import Testing
import Workflow

@testable import GatewayStore

struct OutboxTests {
    static let kinds = ["1.2.840.10008.5.1.4.1.1.88.34", "1.2.840.10008.5.1.4.1.1.88.22"].compactMap { UID($0) }

    /// A finished job with results for these destinations.
    private func queued(_ bench: Bench, _ names: [String]) async throws -> ClaimedJob {
        try bench.store.setDestinations(
            names.map { DestinationRecord(name: $0, kinds: [.report], reportClasses: Self.kinds) })
        let job = try await bench.analysedJob()
        return job
    }

    private func settle(_ bench: Bench, _ delivery: Delivery, _ outcome: DeliveryOutcome) throws {
        try bench.store.settle(delivery: delivery.id, by: bench.worker("delivery"), outcome)
    }

    /// Claims what is due.
    private func due(_ bench: Bench, _ name: String) throws -> [Delivery] {
        try bench.store.claimDeliveries(to: name, by: bench.worker("delivery"), limit: 10, lease: 600)
    }

    @Test func withNoDestinationResultsStayVisible() async throws {
        try await withBench { bench async throws in
            let job = try await queued(bench, [])
            #expect(try bench.store.study(job.study)?.state == .analysed)
            #expect(try bench.store.study(job.study)?.summary == "normal 90 %, triage 4")
            #expect(try bench.store.results(of: job.study).count == 2)
            #expect(try bench.store.findings(of: job.study) == ["{}"])
        }
    }

    @Test func aStudyIsReportedWhenEveryDestinationAccepted() async throws {
        try await withBench { bench async throws in
            let job = try await queued(bench, ["a", "b"])
            let toA = try #require(try due(bench, "a").first)
            #expect(toA.object.sopClass == Self.kinds[0])
            try settle(bench, toA, .accepted(warning: nil))
            #expect(try bench.store.study(job.study)?.state == .analysed)
            let toB = try #require(try due(bench, "b").first)
            try settle(bench, toB, .accepted(warning: "0xB000"))
            #expect(try bench.store.study(job.study)?.state == .reported)
        }
    }

    @Test("A report names those predecessors that a destination received, and the same ones when it is made again")
    func predecessors() async throws {
        try await withBench { bench async throws in
            let first = try await queued(bench, ["a"])
            func next(_ number: Int) async throws -> ClaimedJob {
                let image = SentObject(sopInstance: try #require(UID("1.2.3.4.\(number)")))
                _ = try await image.send(to: bench.reception())
                _ = try bench.store.closeStudy(first.study, recipe: recipe)
                return try #require(try bench.claim())
            }
            let second = try await next(2)
            #expect(second.predecessors.isEmpty, "the destination has none yet")
            let delivery = try #require(try due(bench, "a").first)
            try settle(bench, delivery, .accepted(warning: nil))
            try bench.store.giveBack(by: second.owner)
            #expect(try bench.claim()?.predecessors == [])
            try bench.store.complete(job: second, with: .sample("2.25.2"))
            let third = try await next(3)
            #expect(third.predecessors.map(\.sopInstance) == [delivery.object.sopInstance])
        }
    }

    @Test(
        "What a destination's failure put off is due when the node starts, or when its clock was set",
        arguments: [true, false])
    func waitsEnd(_ starts: Bool) async throws {
        try await withBench { bench async throws in
            let job = try await queued(bench, ["a"])
            let first = try #require(try due(bench, "a").first)
            try settle(bench, first, .failed(Cause(.destination, "connection refused")))
            #expect(try due(bench, "a").isEmpty)
            if starts { _ = try bench.store.recover(recipe: job.recipe) } else { try bench.store.clockWasSet() }
            #expect(try due(bench, "a").map(\.id) == [first.id])
        }
    }

    @Test("A start makes what the node held when it ended wait: that may be what ended it")
    func whatWasHeldWaits() async throws {
        try await withBench { bench async throws in
            let job = try await queued(bench, ["a"])
            _ = try #require(try due(bench, "a").first)
            _ = try bench.store.recover(recipe: job.recipe)
            #expect(try due(bench, "a").isEmpty)
        }
    }

    @Test func whatWaitsForADestinationThatIsGoneSaysSoAndGoesOnWhenItIsBack() async throws {
        try await withBench { bench async throws in
            let both = ["a", "b"].map { DestinationRecord(name: $0, kinds: [.report], reportClasses: Self.kinds) }
            _ = try await queued(bench, ["a", "b"])
            try bench.store.setDestinations([both[0]])
            let errors = Dictionary(
                uniqueKeysWithValues: try bench.store.deliveries().map { ($0.destination, $0.lastError) })
            #expect(errors["b"]??.hasPrefix("no destination has this name any more") == true)
            #expect(errors["a"] == .some(nil))
            try bench.store.setDestinations(both)
            #expect(try due(bench, "b").count == 1)
        }
    }

    @Test func aDestinationThatDoesNotTakeTheClassGetsTheNext() async throws {
        try await withBench { bench async throws in
            _ = try await queued(bench, ["a"])
            let first = try #require(try due(bench, "a").first)
            try settle(bench, first, .classNotTaken("no"))
            let second = try #require(try due(bench, "a").first)
            #expect(second.id == first.id && second.object.sopClass == Self.kinds[1])
            try settle(bench, second, .classNotTaken("no"))
            #expect(try bench.store.deliveries(in: [.dead]).map(\.id) == [first.id])
        }
    }

    @Test func aDelayedDeliveryWaitsAndAPutBackClockDoesNotHoldIt() async throws {
        try await withBench { bench async throws in
            _ = try await queued(bench, ["a"])
            let delivery = try #require(try due(bench, "a").first)
            try settle(bench, delivery, .failed(Cause(.destination, "down")))
            #expect(try due(bench, "a").isEmpty)
            bench.clock.advance(5)
            let again = try #require(try due(bench, "a").first)
            #expect(again.tries == 1)
            try settle(bench, again, .failed(Cause(.destination, "down")))
            bench.clock.advance(-86_400)
            #expect(try due(bench, "a").count == 1)
        }
    }

    @Test("What is being sent is nobody else's, comes back from a node that ended, and counts once it was accepted")
    func claimedDeliveries() async throws {
        try await withBench { bench async throws in
            let job = try await queued(bench, ["a"])
            let delivery = try #require(try due(bench, "a").first)
            #expect(try due(bench, "a").isEmpty)
            let store = try bench.reopened()
            #expect(try store.recover(recipe: recipe).released == 1)
            bench.clock.advance(5)
            let owner = Owner(node: store.node, worker: "delivery")
            #expect(try store.claimDeliveries(to: "a", by: owner, limit: 10, lease: 600).count == 1)
            try store.settle(delivery: delivery.id, by: Owner(node: "x", worker: "y"), .accepted(warning: nil))
            #expect(try store.study(job.study)?.state == .reported)
        }
    }

    @Test func aRefusedDeliveryIsDeadUntilTheOperatorDecides() async throws {
        try await withBench { bench async throws in
            let job = try await queued(bench, ["a"])
            let delivery = try #require(try due(bench, "a").first)
            try settle(bench, delivery, .refused("0xC000"))
            #expect(try due(bench, "a").isEmpty)
            try bench.store.decide(.retry, delivery: delivery.id)
            let again = try #require(try due(bench, "a").first)
            try settle(bench, again, .notTried)
            #expect(try bench.store.decide(.drop, study: job.study) == 1)
            #expect(try bench.store.deliveries().map(\.state) == [.dropped])
        }
    }

    /// Promise 8: nothing that could name a patient has a column, and events carry UIDs only.
    @Test func noPatientIsWrittenDown() async throws {
        try await withBench { bench async throws in
            _ = try await queued(bench, ["a"])
            let columns = try bench.store.read {
                try String.fetchAll(
                    $0,
                    sql: "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c")
            }
            #expect(columns.contains("object.sop_instance"))
            #expect(!columns.contains { $0.contains("patient") || $0.contains("birth") })
        }
    }
}
