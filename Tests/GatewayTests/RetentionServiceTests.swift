import DICOMCore
import Foundation
import GatewayStore
import HilumTesting
import Synchronization
import Testing
import Workflow

@testable import Gateway

/// The service that removes, and what the configuration says of it.
struct RetentionServiceTests {
    private let study = UID(known: "1.2.3")

    /// A study whose report its destination accepted.
    private func deliver(_ node: Node, study: String = "1.2.3") async throws {
        try node.store.setDestinations([
            DestinationRecord(name: "pacs", kinds: [.report], reportClasses: AnalystDouble.reportClasses)
        ])
        try await node.receive("\(study).1", study: study)
        try node.close(study)
        let job = try #require(try node.claimJob(worker: "w", lease: 60))
        try node.store.complete(job: job, with: AnalystDouble().analyse(job, deviceUID: node.store.deviceUID))
        for delivery in try node.store.claimDeliveries(to: "pacs", by: node.owner("d"), limit: 9, lease: 60) {
            try node.store.settle(delivery: delivery.id, by: node.owner("d"), .accepted(warning: nil))
        }
    }

    private func service(
        _ node: Node, _ policy: RetentionPolicy, limit: Int64? = nil, clock: HandClock = HandClock()
    ) -> RetentionService {
        RetentionService(
            store: node.store, meter: StorageMeter(store: node.store, limit: limit), policy: policy, clock: clock,
            wall: { node.calendar.now }, logger: quiet)
    }

    @Test("Images go after their days, each minute's look; a policy that is read again counts from then on")
    func ages() async throws {
        try await withNode { node async throws in
            try await deliver(node)
            let clock = HandClock()
            let service = service(node, RetentionPolicy(watermark: 0), clock: clock)
            service.look()
            for _ in 1...3 {
                node.calendar.advance(86_400)
                clock.advance(by: .seconds(86_400))
                service.look()
            }
            #expect(try node.spooled().count == 1)
            service.update(RetentionPolicy(rules: RetentionRules(sourceDays: 3), watermark: 0))
            clock.advance(by: .seconds(60))
            service.look()
            #expect(try node.spooled().isEmpty)
            #expect(try node.store.study(study)?.sourcesRemoved?.cause == .age)
        }
    }

    @Test("A clock that woke up in another year removes nothing")
    func oddClock() async throws {
        try await withNode { node async throws in
            try await deliver(node)
            let clock = HandClock()
            let service = service(
                node, RetentionPolicy(rules: RetentionRules(sourceDays: 3, resultDays: 3), watermark: 0, eventDays: 1),
                clock: clock)
            let events = try node.store.events().count
            node.calendar.advance(400 * 86_400)
            service.look()
            clock.advance(by: .seconds(600))
            service.look()
            #expect(try node.spooled().count == 1 && node.store.events().count == events)
            node.calendar.advance(-400 * 86_400)
            clock.advance(by: .seconds(7200))
            service.look()
            #expect(try node.spooled().count == 1 && node.store.events().count == events)
        }
    }

    @Test("Below the watermark sources go, the oldest first, then results, until enough is free under the limit")
    func space() async throws {
        try await withNode { node async throws in
            for number in 3...6 {
                try await deliver(node, study: "1.2.\(number)")
                node.calendar.advance(60)
            }
            let used = try node.store.spaceUse().total
            // A little less is free than the watermark; a quarter of it and that little are two files.
            let policy = RetentionPolicy(watermark: 28_000)
            service(node, policy, limit: used + 27_500).look()
            #expect(try node.spooled().count == 2)
            #expect(try node.store.study(study)?.sourcesRemoved?.cause == .space)
            #expect(try node.store.study(UID(known: "1.2.6"))?.sourcesRemoved == nil)
            #expect(try node.store.study(study)?.resultsRemoved == nil)
            let clock = HandClock()
            let all = service(node, RetentionPolicy(watermark: .max / 2), clock: clock)
            all.look()
            #expect(try node.spooled().isEmpty)
            #expect(try node.store.spaceUse().results.files == 0)
        }
    }

    @Test("A node with little space keeps what is not delivered")
    func undelivered() async throws {
        try await withNode { node async throws in
            try await node.receive("1.2.3.1")
            service(node, RetentionPolicy(watermark: .max / 2)).look()
            #expect(try node.spooled().count == 1)
        }
    }

    @Test("Old events are counted by the hour")
    func housekeeping() async throws {
        try await withNode { node async throws in
            let clock = HandClock()
            let service = service(node, RetentionPolicy(watermark: 0, eventDays: 2), clock: clock)
            try node.store.note(.started, "x")
            service.look()
            for _ in 1...4 {
                node.calendar.advance(86_400)
                clock.advance(by: .seconds(86_400))
                service.look()
            }
            #expect(try node.store.events().isEmpty)
            #expect(try node.store.eventDays().map(\.number) == [1])
        }
    }

    // MARK: Configuration

    private func problem(_ yaml: String) -> String? {
        do {
            _ = try GatewayConfiguration(yaml: yaml, file: "f")
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("By default everything is kept until space is wanted, from twice the low watermark on")
    func defaults() throws {
        let plain = GatewayConfiguration()
        #expect(plain.retentionPolicy == RetentionPolicy(watermark: 2 << 30, eventDays: 365))
        let small = try GatewayConfiguration(yaml: "storage: {limit: 2 GiB}", file: "f")
        #expect(small.storage.lowWatermark == 256 << 20 && small.retentionPolicy.watermark == 512 << 20)
        #expect(small.reception.limit == 2 << 30)
        let large = try GatewayConfiguration(yaml: "storage: {limit: 2 TiB}", file: "f")
        #expect(large.storage.lowWatermark == 1 << 30)
        #expect(try GatewayConfiguration(yaml: "retention: {watermark: 0}", file: "f").retentionPolicy.watermark == 0)
    }

    @Test(
        "What contradicts itself is an error that says why",
        arguments: [
            ("retention: {result_days: 5}", "f:1: retention.result_days: wants source_days too"),
            ("retention: {source_days: 6, result_days: 5}", "retention.result_days: is fewer than source_days (6)"),
            ("retention: {watermark: 1 GiB}", "retention.watermark: must be 0 or at least 1280 MiB"),
            ("retention: {event_days: 0}", "retention.event_days: must be a whole number from 1"),
            ("retention: {source_days: soon}", "retention.source_days: must be a whole number"),
            ("retention: {sauce_days: 1}", "source_days may be meant"),
            ("storage: {limit: 1 MiB}", "storage.limit: must be a size from 64 MiB"),
            ("storage: {limit: 1 GiB, low_watermark: 512 MiB}", "storage.low_watermark: is more than a quarter"),
            ("storage: {limit: 1 GiB}\nretention: {watermark: 600 MiB}", "retention.watermark: leaves less than half"),
        ])
    func contradictions(_ yaml: String, _ text: String) {
        #expect(problem(yaml)?.contains(text) == true, "\(problem(yaml) ?? "no problem")")
    }

    @Test func whatIsShownIsReadTheSame() throws {
        let yaml = """
            storage: {limit: 4 GiB, low_watermark: 128 MiB}
            retention: {source_days: 30, result_days: 365, event_days: 90, watermark: 1 GiB}
            """
        let first = try GatewayConfiguration(yaml: yaml, file: "f")
        let second = try GatewayConfiguration(yaml: first.yaml, file: "f")
        #expect(first.yaml == second.yaml && first.retention == second.retention)
        #expect(second.storage.limit == 4 << 30 && second.storage.lowWatermark == 128 << 20)
        #expect(second.retentionPolicy.rules == RetentionRules(sourceDays: 30, resultDays: 365))
    }
}
